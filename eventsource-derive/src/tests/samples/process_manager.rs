//! `#[process_manager(…)]`.

#![cfg(test)]

use super::{Samples, of};

pub const SAMPLES: &[Samples] = &[
    Samples {
        attribute: "process_manager",
        item: "a process manager",
        derive: "ProcessManager",
        keys: &[
            of(
                "name",
                "required",
                "process_manager",
                r#"#[process_manager(name = "order-fulfilment", version = 1, from = now, events(Paid), commands(Ship))]
struct Fulfilment {
    #[process_manager(key)]
    order: String,
}"#,
            ),
            of(
                "version",
                "required",
                "process_manager",
                r#"#[process_manager(name = "fulfilment", version = "1", from = now, events(Paid), commands(Ship))]
struct Fulfilment {
    #[process_manager(key)]
    order: String,
}"#,
            ),
            of(
                "from",
                "required",
                "process_manager",
                r#"#[process_manager(name = "fulfilment", version = 1, events(Paid), commands(Ship))]
struct Fulfilment {
    #[process_manager(key)]
    order: String,
}"#,
            ),
            of(
                "events",
                "required",
                "process_manager",
                r#"#[process_manager(name = "fulfilment", version = 1, from = now, events(Paid, Paid), commands(Ship))]
struct Fulfilment {
    #[process_manager(key)]
    order: String,
}"#,
            ),
            of(
                "retired",
                "none",
                "process_manager retired",
                r#"#[process_manager(name = "fulfilment", version = 1, from = now, events(Paid), retired(Paid), commands(Ship))]
struct Fulfilment {
    #[process_manager(key)]
    order: String,
}"#,
            ),
            of(
                "commands",
                "required",
                "process_manager rejected",
                r#"#[process_manager(name = "fulfilment", version = 1, from = now, events(Paid, Rejected<Book>), commands(Ship))]
struct Fulfilment {
    #[process_manager(key)]
    order: String,
}"#,
            ),
            of(
                "key",
                "`stream`",
                "process_manager key",
                r#"#[process_manager(name = "fulfilment", version = 1, from = now, key = order, events(Paid), commands(Ship))]
struct Fulfilment {
    #[process_manager(key)]
    order: String,
}"#,
            ),
            of(
                "crate",
                "`::eventsource_core`",
                "process_manager crate",
                r#"#[process_manager(name = "fulfilment", version = 1, from = now, events(Paid), commands(Ship), crate = "runtime")]
struct Fulfilment {
    #[process_manager(key)]
    order: String,
}"#,
            ),
        ],
    },
    Samples {
        attribute: "process_manager",
        item: "a field",
        derive: "ProcessManager",
        keys: &[
            of(
                "key",
                "required, on one field; on none with `key = global`",
                "process_manager",
                r#"#[process_manager(name = "fulfilment", version = 1, from = now, events(Paid), commands(Ship))]
struct Fulfilment {
    order: String,
}"#,
            ),
            of(
                "index",
                "no index",
                "process_manager retired",
                r#"#[process_manager(name = "fulfilment", version = 1, from = now, events(Paid), commands(Ship))]
struct Fulfilment {
    #[process_manager(key, index)]
    order: String,
}"#,
            ),
            of(
                "unique",
                "instances may have the same",
                "process_manager retired",
                r#"#[process_manager(name = "fulfilment", version = 1, from = now, events(Paid), commands(Ship))]
struct Fulfilment {
    #[process_manager(key)]
    order: String,
    #[process_manager(unique, index)]
    shipment: String,
}"#,
            ),
            of(
                "column",
                "the field's name",
                "process_manager retired",
                r#"#[process_manager(name = "fulfilment", version = 1, from = now, events(Paid), commands(Ship))]
struct Fulfilment {
    #[process_manager(key)]
    order: String,
    #[process_manager(column = "Order")]
    shipment: String,
}"#,
            ),
        ],
    },
];
