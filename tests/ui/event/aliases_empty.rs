//! No alias among the aliases.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", aliases())]
pub struct Opened {
    pub owner: String,
}

fn main() {}
