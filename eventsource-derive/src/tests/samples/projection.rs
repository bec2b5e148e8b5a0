//! `#[projection(…)]`.

#![cfg(test)]

use super::{Samples, of};

pub const SAMPLES: &[Samples] = &[
    Samples {
        attribute: "projection",
        item: "a projection",
        derive: "Projection",
        keys: &[
            of(
                "name",
                "required",
                "projection",
                r#"#[projection(name = "my balances", version = 1, events(Opened))]
struct Balance {
    #[projection(key)]
    account: String,
}"#,
            ),
            of(
                "version",
                "required",
                "projection",
                r#"#[projection(name = "balances", events(Opened))]
struct Balance {
    #[projection(key)]
    account: String,
}"#,
            ),
            of(
                "events",
                "required",
                "projection",
                r#"#[projection(name = "balances", version = 1, events())]
struct Balance {
    #[projection(key)]
    account: String,
}"#,
            ),
            of(
                "retired",
                "none",
                "projection retired",
                r#"#[projection(name = "standings", version = 1, events(Opened), retired(Opened))]
struct Standing {
    #[projection(key)]
    account: String,
}"#,
            ),
            of(
                "key",
                "`stream`",
                "projection key",
                r#"#[projection(name = "totals", version = 1, key = account, events(Opened))]
struct Totals {
    #[projection(key)]
    account: String,
}"#,
            ),
            of(
                "consistency",
                "`\"eventual\"`",
                "projection consistency",
                r#"#[projection(name = "logins", version = 1, events(Opened), consistency = "strong")]
struct Login {
    #[projection(key)]
    account: String,
}"#,
            ),
            of(
                "crate",
                "`::eventsource_core`",
                "projection crate",
                r#"#[projection(name = "profiles", version = 1, events(Opened), crate = "runtime")]
struct Profile {
    #[projection(key)]
    account: String,
}"#,
            ),
        ],
    },
    Samples {
        attribute: "events",
        item: "a listed event",
        derive: "Projection",
        keys: &[
            of(
                "key",
                "the projection's `key`",
                "listed key",
                r#"#[projection(name = "portfolios", version = 1, events(Opened(key = "owner")))]
struct Portfolio {
    #[projection(key)]
    owner: String,
}"#,
            ),
            of(
                "key_with",
                "the projection's `key`",
                "listed key_with",
                r#"#[projection(name = "customers", version = 1, events(OrderEvent(key = customer, key_with = customer_of)))]
struct Customer {
    #[projection(key)]
    customer: String,
}"#,
            ),
        ],
    },
    Samples {
        attribute: "projection",
        item: "a field",
        derive: "Projection",
        keys: &[
            of(
                "key",
                "required, on one field; on none with `key = global`",
                "projection",
                r#"#[projection(name = "balances", version = 1, events(Opened))]
struct Balance {
    account: String,
}"#,
            ),
            of(
                "index",
                "no index",
                "listed key_with",
                r#"#[projection(name = "customers", version = 1, events(OrderEvent))]
struct Customer {
    #[projection(key, index)]
    customer: String,
}"#,
            ),
            of(
                "unique",
                "rows may have the same",
                "projection consistency",
                r#"#[projection(name = "logins", version = 1, events(Opened))]
struct Login {
    #[projection(key)]
    account: String,
    #[projection(unique, index)]
    owner: String,
}"#,
            ),
            of(
                "column",
                "the field's name",
                "listed key_with",
                r#"#[projection(name = "customers", version = 1, events(OrderEvent))]
struct Customer {
    #[projection(key)]
    customer: String,
    #[projection(column = "Customer")]
    name: String,
}"#,
            ),
        ],
    },
];
