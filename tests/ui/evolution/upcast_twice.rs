//! Two upcasts of one version.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 2)]
#[event(upcast(from = 1, with = same))]
#[event(upcast(from = 1, with = same))]
pub struct Deposited {
    pub amount: u64,
}

fn same(old: serde_json::Value) -> Result<serde_json::Value, UpcastError> {
    Ok(old)
}

fn main() {}
