//! A key that is like none.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", colour = "red")]
pub struct Opened {
    pub owner: String,
}

fn main() {}
