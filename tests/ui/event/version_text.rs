//! A version that is no version.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = "2")]
pub struct Deposited {
    pub amount: u64,
}

fn main() {}
