//! The names and versions of events.

use super::{Mutant, harmful, harmless};

pub const MUTANTS: &[Mutant] = &[
    harmful(
        "bank",
        &[(r#"name = "account.opened""#, r#"name = "account.open""#)],
    ),
    harmless(
        "bank",
        &[(
            r#"name = "account.opened""#,
            r#"name = "account.began", aliases("account.opened")"#,
        )],
    ),
    harmful(
        "bank",
        &[
            (
                r#""account.deposited", version = 3"#,
                r#""account.deposited", version = 2"#,
            ),
            (
                "#[event(since = 3, default = Currency::Eur)]",
                "#[event(since = 2, default = Currency::Eur)]",
            ),
        ],
    ),
    harmful(
        "bank",
        &[(
            r#""account.deposited", version = 3"#,
            r#""account.deposited", version = 4"#,
        )],
    ),
    harmful(
        "bank",
        &[
            (
                "events(Opened, Deposited, Withdrawn),\n    commands",
                "events(Opened, Deposited),\n    commands",
            ),
            (
                "events(Opened, Deposited, Withdrawn))]",
                "events(Opened, Deposited))]",
            ),
        ],
    ),
    harmful(
        "evolution",
        &[
            (
                r#"aliases("user.registered", "UserCreated")"#,
                r#"aliases("user.registered")"#,
            ),
            (r#"name = "member.joined""#, r#"name = "member.joining""#),
        ],
    ),
    harmful(
        "evolution",
        &[(
            r#"aliases("user.registered", "UserCreated")"#,
            r#"aliases("user.registered")"#,
        )],
    ),
    harmless(
        "evolution",
        &[(
            r#"aliases("user.registered", "UserCreated")"#,
            r#"aliases("user.registered", "UserCreated", "user.created")"#,
        )],
    ),
    harmful(
        "checkout",
        &[(r#"prefix = "order""#, r#"prefix = "orders""#)],
    ),
    harmful(
        "checkout",
        &[
            (
                "    PaymentReceived {\n        amount: u64,\n    },",
                "    PaymentTaken {\n        amount: u64,\n    },",
            ),
            ("OrderEvent::PaymentReceived", "OrderEvent::PaymentTaken"),
            ("OrderEvent::PaymentReceived", "OrderEvent::PaymentTaken"),
            ("OrderEvent::PaymentReceived", "OrderEvent::PaymentTaken"),
            ("OrderEvent::PaymentReceived", "OrderEvent::PaymentTaken"),
        ],
    ),
    harmless(
        "checkout",
        &[
            (
                "    PaymentReceived {\n        amount: u64,\n    },",
                "    #[event(name = \"order.payment_received\")]\n    PaymentTaken {\n        amount: u64,\n    },",
            ),
            ("OrderEvent::PaymentReceived", "OrderEvent::PaymentTaken"),
            ("OrderEvent::PaymentReceived", "OrderEvent::PaymentTaken"),
            ("OrderEvent::PaymentReceived", "OrderEvent::PaymentTaken"),
            ("OrderEvent::PaymentReceived", "OrderEvent::PaymentTaken"),
        ],
    ),
];
