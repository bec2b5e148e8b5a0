//! The same programs as one would write them without a framework.

pub mod bank;
pub mod grouped;
pub mod postgres;
pub mod rebuild;
pub mod sqlite;
