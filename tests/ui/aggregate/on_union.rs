//! An aggregate that is a union.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Aggregate)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Opened))]
pub union Account {
    pub number: u64,
}

fn main() {}
