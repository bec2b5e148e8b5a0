//! A field from a version that is not reached.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 3, upcast(from = 1, with = same), upcast(from = 2, with = same))]
pub struct Deposited {
    #[event(since = 4, default)]
    pub amount: u64,
}

fn main() {}

fn same(old: serde_json::Value) -> Result<serde_json::Value, UpcastError> {
    Ok(old)
}
