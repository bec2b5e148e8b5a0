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
//! Each case is also a function here, for a store's author to run alone while a promise is being kept. Cases panic where a promise is
//! broken: they are tests.

// The cases are assertions: that they panic is what they are for.
#![allow(clippy::missing_panics_doc)]

pub mod append;
pub mod hostile;
pub mod idempotency;
pub mod lifecycle;
pub mod order;
pub mod snapshots;
pub mod views;

mod cases;
mod factory;
mod fixture;
mod trace;

pub use factory::{Capabilities, Reopening, Snapshots, StoreFactory, run};
