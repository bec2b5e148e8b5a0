//! A function that gives another type.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 2)]
pub struct Deposited {
    #[event(was(type = String, until = 1, with = parse))]
    pub amount: u64,
}

fn parse(amount: String) -> usize {
    amount.len()
}

fn main() {}
