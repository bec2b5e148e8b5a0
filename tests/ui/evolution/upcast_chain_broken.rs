//! A step of a chain that is not there.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 3, upcast(from = 1, type = V1), upcast(from = 2, type = V2))]
pub struct Deposited {
    pub amount: u64,
}

#[derive(Deserialize)]
pub struct V1 {
    pub amount: u32,
}

#[derive(Deserialize)]
pub struct V2 {
    pub amount: u64,
}

impl From<V2> for Deposited {
    fn from(old: V2) -> Self {
        Self { amount: old.amount }
    }
}

fn main() {}
