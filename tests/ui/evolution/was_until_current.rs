//! A past that reaches into the present.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 3, upcast(from = 1, with = same))]
pub struct Deposited {
    #[event(was(name = "amt", until = 3))]
    pub amount: u64,
}

fn main() {}

fn same(old: serde_json::Value) -> Result<serde_json::Value, UpcastError> {
    Ok(old)
}
