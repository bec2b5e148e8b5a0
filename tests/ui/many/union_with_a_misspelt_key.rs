//! A union, and a key of it that is misspelt.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Aggregate)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, evnts(Opened))]
pub union Account {
    pub owner: u8,
    pub balance: u8,
}

fn main() {}
