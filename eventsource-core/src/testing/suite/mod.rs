//! The conformance suite: each promise of [`store`](crate::store) as a test that every store passes.
//!
//! The author of a store writes a [`StoreFactory`] and calls [`store_suite!`](super::store_suite) in a test file of its own:
//!
//! ```no_run
//! use eventsource_core::MemoryStore;
//! use eventsource_core::testing::suite::StoreFactory;
//!
//! struct OneLog(MemoryStore);
//!
//! impl StoreFactory for OneLog {
//!     type Store = MemoryStore;
//!
//!     async fn open(&self) -> MemoryStore {
//!         self.0.clone()
//!     }
//! }
//!
//! eventsource_core::testing::store_suite!(|| OneLog(MemoryStore::new()));
//! # fn main() {}
//! ```
//!
//! That makes a `#[test]` of each case, in modules of its theme: `append::one_of_sixteen_wins`, `order::…`. Put it into an integration test
//! of its own, since it listens to all that the process traces. Two kinds of one store stand in two modules of the file.
//!
//! - The factory is made anew for each case and has a log of its own; [`open`](StoreFactory::open) gives stores on that one log.
//! - [`Capabilities`] say what a store does not claim to do. Read models are tested where [`EventStore::views`] has some; whole programs
//!   (`read_side`, with the feature `derive`, which is on by default) on every store, with read models in memory where it has none.
//! - Each case is also a function here, to [`run`] alone while a promise is being kept. Cases panic where a promise is broken.
//! - A case about what the store does not claim passes without a check. Where `EVENTSOURCE_SUITE_RECORDS` names a folder, each case that has passed
//!   leaves a file there that says whether it was `checked`, checked `in part`, or is `not claimed`.
//! - `EVENTSOURCE_EVENTS` says how many events are replayed in bounded memory, 100,000 unless it does. That case starts the test binary once more,
//!   for itself alone.
//!
//! What the suite cannot reach is left to the store's own tests: that the database refuses to update and delete events behind the
//! store's back, and that what was acknowledged outlives a crash.
//!
//! [`EventStore::views`]: crate::store::EventStore::views

// The cases are assertions: that they panic is what they are for.
#![allow(clippy::missing_panics_doc)]

pub mod append;
pub mod history;
pub mod hostile;
pub mod idempotency;
pub mod immediate;
pub mod lifecycle;
pub mod order;
#[cfg(feature = "derive")]
pub mod read_side;
pub mod snapshots;
pub mod views;

mod cases;
mod factory;
mod fixture;
mod memory;
mod record;
mod trace;

#[doc(hidden)]
pub use factory::run_of;
pub use factory::{Capabilities, Reopening, Snapshots, StoreFactory, run};
#[doc(hidden)]
pub use record::record;
