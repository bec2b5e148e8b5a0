//! The lock files of the examples, as they are committed.

use eventsource_core::lock::{self, LockError, Mode};
use eventsource_core::registry::Registry;

fn registry() -> Registry {
    Registry::builder()
        .aggregate::<crate::bank::Account>()
        .projection::<crate::bank::Balance>()
        .aggregate::<crate::evolution::Member>()
        .aggregate::<crate::checkout::Order>()
        .aggregate::<crate::checkout::Shipment>()
        .projection::<crate::checkout::Customer>()
        .projection::<crate::checkout::Dashboard>()
        .process_manager::<crate::checkout::Fulfilment>()
        .build()
}

#[test]
fn the_examples_are_locked() -> Result<(), LockError> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lock/schema.lock");
    // Committed with what it locks: the file must not be behind.
    let mode = match Mode::from_env()? {
        Mode::Read => Mode::Check,
        mode => mode,
    };
    let report = lock::run(path, &registry(), mode)?;
    assert_eq!(report.unseen(), [""; 0]);
    Ok(())
}
