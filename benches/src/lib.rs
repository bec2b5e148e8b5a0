//! Measurements beside hand-written code and beside the published crates that do the same job. What is measured, and how to run it, is in
//! `README.md`.

pub mod bank;
pub mod by_hand;
pub mod databases;
pub mod filled;
pub mod peers;
