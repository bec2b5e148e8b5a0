//! Commands that wait in an outbox.

use super::{Mutant, harmful, harmless};

/// The fields of `Ship`.
const FIELDS: &str = "    pub order: String,\n    pub tracking: String,\n}\n\n#[derive(Aggregate";
const SENT: &str = "tracking: event.tracking.clone(),";
const ATTRIBUTE: &str = r#"name = "order.ship")]"#;

pub const MUTANTS: &[Mutant] = &[
    harmful("checkout", &[(ATTRIBUTE, r#"name = "order.send")]"#)]),
    harmful(
        "checkout",
        &[(ATTRIBUTE, r#"name = "order.ship", version = 2)]"#)],
    ),
    harmful(
        "checkout",
        &[(
            FIELDS,
            "    pub order: String,\n    #[serde(rename = \"code\")]\n    pub tracking: String,\n}\n\n#[derive(Aggregate",
        )],
    ),
    harmless(
        "checkout",
        &[(
            FIELDS,
            "    pub order: String,\n    #[serde(rename = \"code\", alias = \"tracking\")]\n    pub tracking: String,\n}\n\n#[derive(Aggregate",
        )],
    ),
    harmless(
        "checkout",
        &[
            (ATTRIBUTE, r#"name = "order.ship", version = 2)]"#),
            (
                FIELDS,
                "    pub order: String,\n    #[serde(rename = \"code\")]\n    #[command(was(name = \"tracking\", until = 1))]\n    pub tracking: String,\n}\n\n#[derive(Aggregate",
            ),
        ],
    ),
    harmful(
        "checkout",
        &[
            (
                FIELDS,
                "    pub order: String,\n    pub tracking: String,\n    pub weight: u32,\n}\n\n#[derive(Aggregate",
            ),
            (SENT, "tracking: event.tracking.clone(), weight: 1,"),
        ],
    ),
    harmless(
        "checkout",
        &[
            (
                FIELDS,
                "    pub order: String,\n    pub tracking: String,\n    pub weight: Option<u32>,\n}\n\n#[derive(Aggregate",
            ),
            (SENT, "tracking: event.tracking.clone(), weight: None,"),
        ],
    ),
    harmless(
        "checkout",
        &[
            (ATTRIBUTE, r#"name = "order.ship", version = 2)]"#),
            (
                FIELDS,
                "    pub order: String,\n    pub tracking: String,\n    #[command(since = 2, default)]\n    pub weight: u32,\n}\n\n#[derive(Aggregate",
            ),
            (SENT, "tracking: event.tracking.clone(), weight: 1,"),
        ],
    ),
    harmful(
        "checkout",
        &[("    commands(Book, Ship)\n", "    commands(Book)\n")],
    ),
];
