//! Pasts of an event that says no version.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited")]
pub struct Deposited {
    #[event(was(name = "amt", until = 1))]
    pub amount: u64,
    #[event(since = 3, default)]
    pub note: String,
}

fn main() {}
