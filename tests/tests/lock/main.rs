//! The schema lock of the examples: what it writes down, and what it says to a change.

#[allow(dead_code)]
#[path = "../../../examples/bank.rs"]
mod bank;
#[allow(dead_code)]
#[path = "../../../examples/checkout.rs"]
mod checkout;
#[allow(dead_code)]
#[path = "../../../examples/evolution.rs"]
mod evolution;

mod changes;
#[allow(dead_code)]
#[path = "../mutants/check.rs"]
mod check;
mod commands;
mod deploy;
mod examples;
mod files;
mod mutation;
mod narrower;
mod projections;
mod streams;
mod unseen;
