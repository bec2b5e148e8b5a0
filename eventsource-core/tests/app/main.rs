//! The app on the store in memory: commands, loads, read models, and what happens when something goes wrong.

mod domain;
mod faulty;
mod sharing;

mod batches;
mod beside;
mod decide;
mod execute;
mod faults;
mod history;
mod idempotency;
mod immediate;
mod lifecycle;
mod lists;
mod load;
mod moved;
#[cfg(feature = "metrics")]
mod observe;
mod operators;
mod poison;
mod projections;
mod reads_back;
mod rebuild;
mod snapshots;
mod start;
mod streams;
mod subscriptions;
mod verify;

use proptest::prelude::ProptestConfig;

/// So many cases of a property that takes long for each, unless `PROPTEST_CASES` asks for another number, as `cargo xtask soak` does.
fn cases(by_default: u32) -> ProptestConfig {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(by_default),
    }
}
