//! An upcast that says how twice.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 2, upcast(from = 1, type = V1, with = lift))]
pub struct Deposited {
    pub amount: u64,
}

fn lift(old: serde_json::Value) -> Result<serde_json::Value, UpcastError> {
    Ok(old)
}

fn main() {}
