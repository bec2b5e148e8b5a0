//! An upcast of no version.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 2, upcast(with = lift))]
pub struct Deposited {
    pub amount: u64,
}

fn lift(old: serde_json::Value) -> Result<serde_json::Value, UpcastError> {
    Ok(old)
}

fn main() {}
