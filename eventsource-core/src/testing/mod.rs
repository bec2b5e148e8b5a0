//! What tests are written with: given, when, then for aggregates; stored payloads for events; the conformance suite for stores.

#[cfg(not(target_family = "wasm"))]
pub mod suite;

#[cfg(not(target_family = "wasm"))]
#[doc(inline)]
pub use crate::__store_suite as store_suite;
