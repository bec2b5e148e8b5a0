//! A default without the version that it is for.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 1)]
pub struct Deposited {
    #[event(default)]
    pub amount: u64,
}

fn main() {}
