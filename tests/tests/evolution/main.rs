//! The recipes of `docs/evolution.md`, each a test: what was released, the change that comes to mind first and what the lock says to it, and
//! the change that reads every stored event as before.

mod aggregates;
mod events;
mod fields;
mod page;
mod states;
mod types;

use eventsource_core::Event;
use eventsource_core::lock::{self, LockError, Mode, Report};
use eventsource_core::registry::Registry;

/// A registry of one event.
fn of<E: Event>() -> Registry {
    Registry::builder().event::<E>().build()
}

/// What the lock of one program says to another.
fn held(released: &Registry, today: &Registry) -> Result<Report, LockError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    lock::run(&path, released, Mode::Update).unwrap();
    lock::run(&path, today, Mode::Read)
}

/// The lock refuses the change, and says all of this.
fn refused(released: &Registry, today: &Registry, says: &[&str]) {
    let error = held(released, today)
        .expect_err("the lock refuses it")
        .to_string();
    for words in says {
        assert!(error.contains(words), "{words:?} is not in\n{error}");
    }
}

/// The lock lets the change pass, and the next release is held to it as well.
fn passes(released: &Registry, today: &Registry) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.lock");
    lock::run(&path, released, Mode::Update).unwrap();
    lock::run(&path, today, Mode::Read).unwrap();
    lock::run(&path, today, Mode::Update).unwrap();
    lock::run(&path, today, Mode::Check).unwrap();
}
