//! Two pasts that say the same.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 3)]
pub struct Deposited {
    #[event(was(name = "amt", until = 1), was(name = "amt", until = 2))]
    pub amount: u64,
}

fn main() {}
