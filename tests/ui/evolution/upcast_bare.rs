//! An upcast of which nothing is said.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 2, upcast)]
pub struct Deposited {
    pub amount: u64,
}

fn main() {}
