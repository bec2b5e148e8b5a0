//! The runtime's path in quotes.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", crate = "eventsource_core")]
pub struct Opened {
    pub owner: String,
}

fn main() {}
