//! A misspelt key.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(nmae = "account.deposited", name = "account.deposited")]
pub struct Deposited {
    pub amount: u64,
}

fn main() {}
