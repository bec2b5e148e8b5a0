//! Whole-system tests stand beside this file, one theme each.

pub mod ledger;
pub mod toolchain;
