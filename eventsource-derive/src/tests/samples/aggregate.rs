//! `#[aggregate(…)]`.

#![cfg(test)]

use super::{Samples, of};

pub const SAMPLES: &[Samples] = &[
    Samples {
        attribute: "aggregate",
        item: "an aggregate",
        derive: "Aggregate",
        keys: &[
            of(
                "name",
                "required",
                "aggregate",
                r#"#[aggregate(name = "my-account", id = String, error = AccountError, events(Opened))]
struct Account;"#,
            ),
            of(
                "id",
                "required",
                "aggregate",
                r#"#[aggregate(name = "account", id = "String", error = AccountError, events(Opened))]
struct Account;"#,
            ),
            of(
                "error",
                "required",
                "aggregate",
                r#"#[aggregate(name = "account", id = String, events(Opened))]
struct Account;"#,
            ),
            of(
                "events",
                "required",
                "aggregate",
                r#"#[aggregate(name = "account", id = String, error = AccountError, events(Opened, Opened))]
struct Account;"#,
            ),
            of(
                "retired",
                "none",
                "aggregate retired",
                r#"#[aggregate(name = "member", id = String, error = AccountError, events(Opened), retired(Opened))]
struct Member;"#,
            ),
            of(
                "commands",
                "none",
                "aggregate commands",
                r#"#[aggregate(name = "teller", id = String, error = AccountError, events(Opened), commands(Open, Open))]
struct Teller;"#,
            ),
            of(
                "event_enum",
                "the type's name and `Event`, for several events; one alone is itself the event type",
                "aggregate event_enum",
                r#"#[aggregate(name = "till", id = String, error = AccountError, events(TillEvent, Closed))]
struct Till;"#,
            ),
            of(
                "command_enum",
                "no enum is made",
                "aggregate command_enum",
                r#"#[aggregate(name = "clerk", id = String, error = AccountError, events(Opened), command_enum = ClerkCommand)]
struct Clerk;"#,
            ),
            of(
                "snapshot",
                "no snapshots are kept",
                "aggregate snapshot",
                r#"#[aggregate(name = "safe", id = String, error = AccountError, events(Opened), snapshot = 100)]
struct Safe;"#,
            ),
            of(
                "unknown",
                "`\"error\"`",
                "aggregate unknown",
                r#"#[aggregate(name = "branch", id = String, error = AccountError, events(Opened), unknown = "ignored")]
struct Branch;"#,
            ),
            of(
                "crate",
                "`::eventsource_core`",
                "aggregate crate",
                r#"#[aggregate(name = "vault", id = String, error = AccountError, events(Opened), crate = "runtime")]
struct Vault;"#,
            ),
        ],
    },
    Samples {
        attribute: "snapshot",
        item: "a snapshot",
        derive: "Aggregate",
        keys: &[
            of(
                "every",
                "required",
                "aggregate snapshot",
                r#"#[aggregate(name = "safe", id = String, error = AccountError, events(Opened), snapshot(every = 0))]
struct Safe;"#,
            ),
            of(
                "version",
                "1",
                "aggregate snapshot",
                r#"#[aggregate(name = "safe", id = String, error = AccountError, events(Opened), snapshot(version = 2))]
struct Safe;"#,
            ),
        ],
    },
];
