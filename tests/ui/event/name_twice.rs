//! A key given twice.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "a", name = "b")]
pub struct Deposited {
    pub amount: u64,
}

fn main() {}
