//! A past under no name.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 2)]
pub struct Deposited {
    #[event(was(name = "", until = 1))]
    pub amount: u64,
}

fn main() {}
