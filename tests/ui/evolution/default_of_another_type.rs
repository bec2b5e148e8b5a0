//! A default of another type than the field's.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 2)]
pub struct Deposited {
    #[event(since = 2, default = "none")]
    pub amount: u64,
}

fn main() {}
