//! A name that the log cannot hold.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "")]
pub struct Deposited {
    pub amount: u64,
}

fn main() {}
