//! The lock files of the examples, as they are committed.

use eventsource_core::lock::{self, LockError, Mode};
use eventsource_core::registry::Registry;

fn registry() -> Registry {
    Registry::builder()
        .aggregate::<crate::bank::Account>()
        .projection::<crate::bank::Balance>()
        .aggregate::<crate::evolution::Member>()
        .build()
}

#[test]
fn the_examples_are_locked() -> Result<(), LockError> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lock/schema.lock");
    lock::run(path, &registry(), Mode::from_env()?).map(|report| println!("{report}"))
}
