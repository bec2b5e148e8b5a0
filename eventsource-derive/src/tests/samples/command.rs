//! `#[command(…)]`.

#![cfg(test)]

use super::{Samples, of};

pub const SAMPLES: &[Samples] = &[
    Samples {
        attribute: "command",
        item: "a command",
        derive: "Command",
        keys: &[
            of(
                "aggregate",
                "required",
                "command aggregate",
                r"struct Withdraw {
    #[command(id)]
    account: String,
}",
            ),
            of(
                "creates",
                "the stream must exist",
                "command creates",
                r"#[command(aggregate = Account, creates, upserts)]
struct Open {
    #[command(id)]
    account: String,
}",
            ),
            of(
                "upserts",
                "the stream must exist",
                "command upserts",
                r"#[command(aggregate = Account, upserts = true)]
struct Note {
    #[command(id)]
    account: String,
}",
            ),
            of(
                "name",
                "it is not stored",
                "command name",
                r#"#[command(aggregate = Account, name = "")]
struct Ship {
    #[command(id)]
    account: String,
}"#,
            ),
            of(
                "version",
                "1",
                "command name",
                r"#[command(aggregate = Account, version = 2)]
struct Ship {
    #[command(id)]
    account: String,
}",
            ),
            of(
                "crate",
                "`::eventsource_core`",
                "command crate",
                r"#[command(aggregate = Account, crate)]
struct Close {
    #[command(id)]
    account: String,
}",
            ),
        ],
    },
    Samples {
        attribute: "command",
        item: "a family of commands (an enum)",
        derive: "Command",
        keys: &[
            of(
                "aggregate",
                "required",
                "command family",
                r"#[command(agregate = Account)]
enum AccountCommand {
    Register(#[command(id)] String),
}",
            ),
            of(
                "name",
                "it is not stored",
                "command stored family",
                r"#[command(aggregate = Account, name = Transfer)]
enum Transfer {
    Send(#[command(id)] String),
}",
            ),
            of(
                "version",
                "1",
                "command stored family",
                r#"#[command(aggregate = Account, name = "account.transfer", version = 2)]
enum Transfer {
    Send(#[command(id)] String),
}"#,
            ),
            of(
                "crate",
                "`::eventsource_core`",
                "command family crate",
                r"#[command(aggregate = Account, crate = 1)]
enum Audit {
    Begin(#[command(id)] String),
}",
            ),
        ],
    },
    Samples {
        attribute: "command",
        item: "a variant",
        derive: "Command",
        keys: &[
            of(
                "creates",
                "the stream must exist",
                "command family",
                r"#[command(aggregate = Account, creates)]
enum AccountCommand {
    Register(#[command(id)] String),
}",
            ),
            of(
                "upserts",
                "the stream must exist",
                "command family",
                r"#[command(aggregate = Account)]
enum AccountCommand {
    #[command(upsert)]
    Remark(#[command(id)] String),
}",
            ),
        ],
    },
    Samples {
        attribute: "command",
        item: "a field",
        derive: "Command",
        keys: &[
            of(
                "id",
                "required, on one field",
                "command aggregate",
                r"#[command(aggregate = Account)]
struct Withdraw {
    account: String,
}",
            ),
            of(
                "since",
                "1",
                "command name",
                r"#[command(aggregate = Account)]
struct Ship {
    #[command(id)]
    account: String,
    #[command(since = 2, default)]
    tracking: String,
}",
            ),
            of(
                "default",
                "required with `since`",
                "command name",
                r#"#[command(aggregate = Account, name = "account.ship", version = 2)]
struct Ship {
    #[command(id)]
    account: String,
    #[command(since = 2, default, default = "none".to_owned())]
    tracking: String,
}"#,
            ),
            of(
                "was",
                "its name and its type as they are now",
                "command stored family",
                r#"#[command(aggregate = Account)]
enum Transfer {
    Send {
        #[command(id)]
        account: String,
        #[command(was(name = "amt", until = 1))]
        amount: u64,
    },
}"#,
            ),
        ],
    },
];
