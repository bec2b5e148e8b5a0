//! An older type in quotes.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 2)]
pub struct Deposited {
    #[event(was(type = "u32", until = 1))]
    pub amount: u64,
}

fn main() {}
