//! The variants of enums.

use super::{Mutant, harmful, harmless};

pub const MUTANTS: &[Mutant] = &[
    harmful("bank", &[("#[serde(rename = \"EUR\")]", "")]),
    harmful(
        "bank",
        &[("#[serde(rename = \"EUR\")]", "#[serde(rename = \"eur\")]")],
    ),
    harmless(
        "bank",
        &[(
            "#[serde(rename = \"EUR\")]",
            "#[serde(rename = \"euro\", alias = \"EUR\")]",
        )],
    ),
    harmful(
        "bank",
        &[
            ("#[serde(rename = \"EUR\")]", "#[serde(rename = \"euro\")]"),
            (
                "#[serde(rename = \"USD\")]",
                "#[serde(rename = \"USD\", alias = \"EUR\")]",
            ),
        ],
    ),
    harmless("bank", &[("    Usd,\n", "    Usd,\n    Sek,\n")]),
    harmful(
        "bank",
        &[("    #[serde(rename = \"USD\")]\n    Usd,\n", "")],
    ),
    harmful(
        "evolution",
        &[
            (
                "pub enum Unit {\n    Celsius",
                "pub enum Unit {\n    Centigrade",
            ),
            ("Ok(Unit::Celsius)", "Ok(Unit::Centigrade)"),
        ],
    ),
    harmful("deep", &[("    Phone(u64),\n", "")]),
    harmful("deep", &[("    Phone(u64),\n", "    Phone(String),\n")]),
    harmful(
        "deep",
        &[("    Phone(u64),\n", "    Phone { number: u64 },\n")],
    ),
    harmful("deep", &[("    Phone(u64),\n", "    Telephone(u64),\n")]),
    harmless(
        "deep",
        &[(
            "    Phone(u64),\n",
            "    #[serde(alias = \"Phone\")]\n    Telephone(u64),\n",
        )],
    ),
    harmless(
        "deep",
        &[(
            "    Phone(u64),\n",
            "    #[serde(rename = \"Phone\")]\n    Telephone(u64),\n",
        )],
    ),
    harmless(
        "deep",
        &[("    Phone(u64),\n", "    Phone(u64),\n    Fax(u64),\n")],
    ),
    harmful(
        "deep",
        &[(
            "Mail {\n        address: String,\n    }",
            "Mail { mail: String }",
        )],
    ),
    harmful(
        "deep",
        &[(
            "Mail {\n        address: String,\n    }",
            "Mail { address: String, verified: bool }",
        )],
    ),
    harmless(
        "deep",
        &[(
            "Mail {\n        address: String,\n    }",
            "Mail { address: String, verified: Option<bool> }",
        )],
    ),
    harmful("deep", &[("#[serde(rename = \"none\")]", "")]),
    harmful(
        "deep",
        &[
            (
                "    #[serde(rename = \"none\")]\n    Nobody,\n",
                "    #[serde(other)]\n    Nobody,\n",
            ),
            (
                "Mail {\n        address: String,\n    },\n    Phone(u64),",
                "Mail,\n    Phone,",
            ),
        ],
    ),
    harmful(
        "deep",
        &[(
            "pub enum Contact {",
            "#[serde(untagged)]\npub enum Contact {",
        )],
    ),
    harmful(
        "deep",
        &[
            (
                "pub enum Contact {",
                "#[serde(tag = \"kind\")]\npub enum Contact {",
            ),
            ("Phone(u64)", "Phone { number: u64 }"),
        ],
    ),
    harmless(
        "deep",
        &[("    Normal,\n    Express,\n", "    Express,\n    Normal,\n")],
    ),
];
