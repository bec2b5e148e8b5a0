//! What tests are written with: given, when, then for aggregates; stored payloads for events; the conformance suite for stores.
//!
//! The parts of this module are assertions: they panic where a test fails.

#[cfg(not(target_family = "wasm"))]
pub mod by_hand;
mod given;
mod round_trip;
mod stored;
#[cfg(not(target_family = "wasm"))]
pub mod suite;
#[cfg(all(not(target_family = "wasm"), feature = "derive"))]
pub(crate) mod unregistered;

pub use given::{Given, When, given};
pub use stored::{decode, replay};

#[cfg(not(target_family = "wasm"))]
#[doc(inline)]
pub use crate::__store_suite as store_suite;
