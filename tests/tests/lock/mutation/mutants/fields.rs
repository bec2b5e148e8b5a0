//! The fields of events.

use super::{Mutant, harmful, harmless};

pub const MUTANTS: &[Mutant] = &[
    harmful(
        "bank",
        &[(
            "    pub owner: String,\n}",
            "    #[serde(rename = \"holder\")]\n    pub owner: String,\n}",
        )],
    ),
    harmless(
        "bank",
        &[(
            "    pub owner: String,\n}",
            "    #[serde(rename = \"holder\", alias = \"owner\")]\n    pub owner: String,\n}",
        )],
    ),
    harmless(
        "bank",
        &[
            (
                r#"#[event(name = "account.opened")]"#,
                r#"#[event(name = "account.opened", version = 2)]"#,
            ),
            (
                "    pub owner: String,\n}",
                "    #[serde(rename = \"holder\")]\n    #[event(was(name = \"owner\", until = 1))]\n    pub owner: String,\n}",
            ),
        ],
    ),
    harmful(
        "bank",
        &[
            (
                "    pub owner: String,\n}",
                "    pub owner: String,\n    pub branch: u16,\n}",
            ),
            (
                "owner: command.owner\n",
                "owner: command.owner, branch: 1\n",
            ),
        ],
    ),
    harmless(
        "bank",
        &[
            (
                "    pub owner: String,\n}",
                "    pub owner: String,\n    pub branch: Option<u16>,\n}",
            ),
            (
                "owner: command.owner\n",
                "owner: command.owner, branch: None\n",
            ),
        ],
    ),
    harmless(
        "bank",
        &[
            (
                "    pub owner: String,\n}",
                "    pub owner: String,\n    #[serde(default)]\n    pub branch: u16,\n}",
            ),
            (
                "owner: command.owner\n",
                "owner: command.owner, branch: 1\n",
            ),
        ],
    ),
    harmless(
        "bank",
        &[
            (
                r#"#[event(name = "account.opened")]"#,
                r#"#[event(name = "account.opened", version = 2)]"#,
            ),
            (
                "    pub owner: String,\n}",
                "    pub owner: String,\n    #[event(since = 2, default)]\n    pub branch: u16,\n}",
            ),
            (
                "owner: command.owner\n",
                "owner: command.owner, branch: 1\n",
            ),
        ],
    ),
    harmful(
        "bank",
        &[
            (
                "pub struct Withdrawn {\n    pub amount: u64",
                "pub struct Withdrawn {\n    pub amount: u32",
            ),
            (
                "self.balance -= event.amount",
                "self.balance -= u64::from(event.amount)",
            ),
            (
                "amount: command.amount\n        }])\n    }\n}\n\n// ── a read",
                "amount: command.amount as u32\n        }])\n    }\n}\n\n// ── a read",
            ),
            (
                "self.amount -= event.amount",
                "self.amount -= u64::from(event.amount)",
            ),
        ],
    ),
    harmful(
        "bank",
        &[
            (
                "pub struct Withdrawn {\n    pub amount: u64",
                "pub struct Withdrawn {\n    pub amount: i64",
            ),
            (
                "self.balance -= event.amount",
                "self.balance -= event.amount as u64",
            ),
            (
                "amount: command.amount\n        }])\n    }\n}\n\n// ── a read",
                "amount: command.amount as i64\n        }])\n    }\n}\n\n// ── a read",
            ),
            (
                "self.amount -= event.amount",
                "self.amount -= event.amount as u64",
            ),
        ],
    ),
    harmless(
        "bank",
        &[
            (
                "pub struct Withdrawn {\n    pub amount: u64",
                "pub struct Withdrawn {\n    pub amount: u128",
            ),
            (
                "self.balance -= event.amount",
                "self.balance -= event.amount as u64",
            ),
            (
                "amount: command.amount\n        }])\n    }\n}\n\n// ── a read",
                "amount: command.amount.into()\n        }])\n    }\n}\n\n// ── a read",
            ),
            (
                "self.amount -= event.amount",
                "self.amount -= event.amount as u64",
            ),
        ],
    ),
    harmful("checkout", &[("#[serde(rename = \"tracking_no\")]", "")]),
    harmful(
        "checkout",
        &[(
            "#[serde(rename = \"tracking_no\")]",
            "#[serde(rename = \"tracking\")]",
        )],
    ),
    harmful(
        "checkout",
        &[(
            "#[serde(rename = \"tracking_no\")]",
            "#[serde(rename = \"tracking_no\", skip)]",
        )],
    ),
    harmful(
        "checkout",
        &[(
            "pub struct Booked {\n    pub order: String,",
            "#[serde(rename_all = \"UPPERCASE\")]\npub struct Booked {\n    pub order: String,",
        )],
    ),
    harmful(
        "checkout",
        &[
            (
                "pub struct Booked {\n    pub order: String,",
                "pub struct Booked {\n    pub order: Vec<String>,",
            ),
            ("event.order.clone()", "event.order.concat()"),
            ("order: command.order\n", "order: vec![command.order]\n"),
        ],
    ),
];
