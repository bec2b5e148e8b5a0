//! Two pasts of one field for the same version.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 3)]
pub struct Deposited {
    #[event(was(name = "amt", until = 2), was(name = "sum", until = 1))]
    pub amount: u64,
}

fn main() {}
