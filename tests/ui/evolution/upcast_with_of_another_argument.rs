//! A function on another type than a JSON value.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 2, upcast(from = 1, with = lift))]
pub struct Deposited {
    pub amount: u64,
}

fn lift(old: String) -> Result<serde_json::Value, UpcastError> {
    Ok(old.into())
}

fn main() {}
