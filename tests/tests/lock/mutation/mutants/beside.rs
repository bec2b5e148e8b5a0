//! What stands in Rust alone, and what is no event: snapshots and read models.

use super::{Mutant, harmful, harmless};

pub const MUTANTS: &[Mutant] = &[
    harmless(
        "bank",
        &[(
            "pub enum Currency",
            "#[allow(clippy::all)]\n#[repr(u8)]\npub enum Currency",
        )],
    ),
    harmless(
        "deep",
        &[
            ("Vec<Item>", "Vec<Article>"),
            ("pub struct Item", "pub struct Article"),
        ],
    ),
    harmless(
        "deep",
        &[
            ("pub place: Place,", "pub place: Address,"),
            ("pub struct Place", "pub struct Address"),
        ],
    ),
    harmless(
        "bank",
        &[("snapshot(every = 100)", "snapshot(every = 10, version = 2)")],
    ),
    harmless(
        "bank",
        &[(
            "pub struct Account {\n    owner: String,",
            "pub struct Account {\n    seen: u64,\n    owner: String,",
        )],
    ),
    harmful(
        "bank",
        &[("deposits: u32,", "deposits: u32,\n    withdrawals: u32,")],
    ),
    harmless(
        "bank",
        &[
            ("deposits: u32,", "deposits: u32,\n    withdrawals: u32,"),
            (
                "name = \"balances\", version = 1",
                "name = \"balances\", version = 2",
            ),
        ],
    ),
];
