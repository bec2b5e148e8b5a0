//! A default that is half an expression.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 2)]
pub struct Deposited {
    #[event(since = 2, default = 1 +)]
    pub amount: u64,
}

fn main() {}
