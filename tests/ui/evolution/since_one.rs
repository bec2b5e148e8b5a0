//! A field since the first version.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 1)]
pub struct Deposited {
    #[event(since = 1, default)]
    pub amount: u64,
}

fn main() {}
