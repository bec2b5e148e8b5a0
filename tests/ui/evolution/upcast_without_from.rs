//! A typed upcast that cannot be converted.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 2, upcast(from = 1, type = V1))]
pub struct Deposited {
    pub amount: u64,
}

#[derive(Deserialize)]
pub struct V1 {
    pub amt: u64,
}

fn main() {}
