//! A function without the type that it takes.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 2)]
pub struct Deposited {
    #[event(was(name = "amt", until = 1, with = u64::from))]
    pub amount: u64,
}

fn main() {}
