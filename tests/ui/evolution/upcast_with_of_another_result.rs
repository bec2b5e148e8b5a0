//! A function that gives no `Result`.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 2, upcast(from = 1, with = lift))]
pub struct Deposited {
    pub amount: u64,
}

fn lift(old: serde_json::Value) -> serde_json::Value {
    old
}

fn main() {}
