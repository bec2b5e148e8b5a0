//! Enums in each form that serde knows, and fields that are flattened.

use super::{Mutant, harmful, harmless};

const RAISED: &str = r#"#[event(name = "bill.raised", aliases("bill.increased"))]"#;
const LOWERED: &str = r#"#[event(name = "bill.lowered")]"#;

pub const MUTANTS: &[Mutant] = &[
    // Tagged within.
    harmful("forms", &[(r#"tag = "by""#, r#"tag = "how""#)]),
    harmful("forms", &[("#[serde(tag = \"by\")]\n", "")]),
    harmful("forms", &[("Card { digits", "Credit { digits")]),
    harmful("forms", &[("digits: u16", "last_digits: u16")]),
    harmful("forms", &[("digits: u16", "digits: String")]),
    harmful("forms", &[("bank: Option<String>", "bank: Option<u32>")]),
    harmful("forms", &[("iban: String,", "iban: String, bic: String,")]),
    harmful("forms", &[("    Cash,\n", "")]),
    harmless(
        "forms",
        &[("iban: String,", "iban: String, bic: Option<String>,")],
    ),
    harmless("forms", &[("    Cash,\n", "    Cash,\n    Cheque,\n")]),
    // Tagged not at all.
    harmful("forms", &[("Number(u64)", "Number(u8)")]),
    harmful("forms", &[("Number(u64)", "Number(String)")]),
    harmful("forms", &[("year: u16,", "of: u16,")]),
    harmful("forms", &[("year: u16,", "year: String,")]),
    harmful(
        "forms",
        &[("    Invoice { year: u16, number: u32 },\n", "")],
    ),
    harmless("forms", &[("year: u16,", "year: u16, month: Option<u8>,")]),
    harmless(
        "forms",
        &[("    Number(u64),", "    Number(u64),\n    Text(String),")],
    ),
    // An untagged enum reads no number of this size.
    harmful("forms", &[("    Number(u64),", "    Number(u128),")]),
    // Tagged beside.
    harmful("forms", &[("Part(u64)", "Part(u32)")]),
    harmful("forms", &[("Marks((u32, u32))", "Marks((u32, u16))")]),
    harmful("forms", &[("Notes(Vec<u16>)", "Notes(Vec<String>)")]),
    harmful("forms", &[("    Whole,\n", "")]),
    harmful("forms", &[("    Whole,\n", "    All,\n")]),
    harmful(
        "forms",
        &[(r#"content = "value""#, r#"content = "content""#)],
    ),
    harmful(
        "forms",
        &[(
            r#"tag = "kind", content = "value""#,
            r#"tag = "value", content = "kind""#,
        )],
    ),
    harmless("forms", &[("Part(u64)", "Part(u128)")]),
    harmless(
        "forms",
        &[("    Whole,\n", "    Rest(String),\n    Whole,\n")],
    ),
    harmless(
        "forms",
        &[("Notes(Vec<u16>),\n", "Notes(Vec<u16>),\n    Other(bool),\n")],
    ),
    // Flattened.
    harmful("forms", &[("    #[serde(flatten)]\n", "")]),
    harmful("forms", &[("pub street: String", "pub road: String")]),
    harmful("forms", &[("pub city: String", "pub city: u32")]),
    harmful(
        "forms",
        &[(
            "pub city: String",
            "pub city: String,\n    pub country: String",
        )],
    ),
    harmful("forms", &[("pub to: String", "pub receiver: String")]),
    harmless(
        "forms",
        &[(
            "pub city: String",
            "pub city: String,\n    pub country: Option<String>",
        )],
    ),
    // Names that two events exchange, and aliases.
    harmful(
        "forms",
        &[
            (RAISED, LOWERED),
            (
                "#[event(name = \"bill.lowered\")]\npub struct Lowered",
                "#[event(name = \"bill.raised\", aliases(\"bill.increased\"))]\npub struct Lowered",
            ),
        ],
    ),
    harmful("forms", &[(RAISED, r#"#[event(name = "bill.raised")]"#)]),
    harmful(
        "forms",
        &[
            (RAISED, r#"#[event(name = "bill.raised")]"#),
            (
                LOWERED,
                r#"#[event(name = "bill.lowered", aliases("bill.increased"))]"#,
            ),
        ],
    ),
    harmless(
        "forms",
        &[(
            RAISED,
            r#"#[event(name = "bill.risen", aliases("bill.raised", "bill.increased"))]"#,
        )],
    ),
    harmless(
        "forms",
        &[
            ("pub struct Raised", "pub struct Increased"),
            (
                "events(Paid, Sent, Raised, Lowered)",
                "events(Paid, Sent, Increased, Lowered)",
            ),
            ("impl Apply<Raised>", "impl Apply<Increased>"),
            ("_: &Raised", "_: &Increased"),
        ],
    ),
];
