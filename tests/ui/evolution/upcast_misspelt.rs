//! A misspelt key of an upcast.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 2, upcast(form = 1, type = V1))]
pub struct Deposited {
    pub amount: u64,
}

fn main() {}
