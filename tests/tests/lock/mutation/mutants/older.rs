//! What older versions are read as.

use super::{Mutant, harmful, harmless};

pub const MUTANTS: &[Mutant] = &[
    harmful(
        "bank",
        &[(
            r#"was(name = "amt", until = 1)"#,
            r#"was(name = "amount_old", until = 1)"#,
        )],
    ),
    harmful(
        "bank",
        &[(
            r#"was(name = "amt", until = 1)"#,
            r#"was(name = "amt", until = 2)"#,
        )],
    ),
    harmful(
        "bank",
        &[("default = Currency::Eur", "default = Currency::Usd")],
    ),
    harmful(
        "bank",
        &[
            (
                "since = 3, default = Currency::Eur",
                "since = 2, default = Currency::Eur",
            ),
            ("version = 3", "version = 2"),
        ],
    ),
    harmful(
        "bank",
        &[
            (
                r#""account.deposited", version = 3"#,
                r#""account.deposited", version = 4"#,
            ),
            (
                "#[event(since = 3, default = Currency::Eur)]",
                "#[event(since = 3, default = Currency::Usd, was(name = \"currency\", until = 3))]\n    #[serde(rename = \"money\")]",
            ),
        ],
    ),
    harmless(
        "bank",
        &[
            (
                r#""account.deposited", version = 3"#,
                r#""account.deposited", version = 4"#,
            ),
            (
                "#[event(since = 3, default = Currency::Eur)]",
                "#[event(since = 3, default = Currency::Eur, was(name = \"currency\", until = 3))]\n    #[serde(rename = \"money\")]",
            ),
        ],
    ),
    harmful(
        "evolution",
        &[(
            r#""street": old["street"], "city": old["city"]"#,
            r#""street": old["city"], "city": old["street"]"#,
        )],
    ),
    harmful(
        "evolution",
        &[(r#""C" => Ok(Unit::Celsius)"#, r#""K" => Ok(Unit::Celsius)"#)],
    ),
    harmful(
        "evolution",
        &[(
            "#[event(was(name = \"temp_unit\", type = String, until = 1, try_with = parse_unit))]",
            "#[event(was(name = \"temp_units\", type = String, until = 1, try_with = parse_unit))]",
        )],
    ),
    harmful("evolution", &[("celsius * 1000.0", "celsius * 100.0")]),
    harmful(
        "evolution",
        &[(
            "was(type = f64, until = 3, with = to_milli)",
            "was(type = f64, until = 2, with = to_milli)",
        )],
    ),
    harmful(
        "evolution",
        &[(
            "#[event(since = 3, default)]\n    pub tags",
            "#[event(since = 2, default)]\n    pub tags",
        )],
    ),
    harmful(
        "evolution",
        &[(
            "family: Some(old.family).filter(|family| !family.is_empty())",
            "family: None",
        )],
    ),
    harmful(
        "evolution",
        &[("let (given, family) = old", "let (family, given) = old")],
    ),
    harmful(
        "evolution",
        &[(
            "pub struct NamedV1 {\n    name: String",
            "pub struct NamedV1 {\n    #[serde(rename = \"full_name\")]\n    name: String",
        )],
    ),
    harmful(
        "evolution",
        &[
            ("given: old.name", "given: old.email.clone()"),
            ("Joined { email: old.email }", "Joined { email: old.name }"),
        ],
    ),
    harmful("evolution", &[("retired(into(Joined, Named))", "retired")]),
    harmful(
        "evolution",
        &[
            ("retired(into(Joined, Named))", "retired(into(Joined))"),
            ("for (Joined, Named) {", "for Joined {"),
            (
                "        (
            Joined { email: old.email },
            Named {
                given: old.name,
                family: None,
            },
        )
",
                "        Joined { email: old.email }
",
            ),
        ],
    ),
    harmful(
        "checkout",
        &[(
            r#"default = "unrecorded".to_string()"#,
            r#"default = "unknown".to_string()"#,
        )],
    ),
    harmful(
        "deep",
        &[("default = Speed::Normal", "default = Speed::Express")],
    ),
    harmful(
        "deep",
        &[(
            r#"was(name = "receiver", until = 1)"#,
            r#"was(name = "receiver", until = 2)"#,
        )],
    ),
];
