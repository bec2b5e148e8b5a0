//! A past with two functions.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 2)]
pub struct Deposited {
    #[event(was(type = u32, until = 1, with = u64::from, try_with = u64::try_from))]
    pub amount: u64,
}

fn main() {}
