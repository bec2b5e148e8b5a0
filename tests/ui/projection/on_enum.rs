//! A projection that is an enum.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Projection)]
#[projection(name = "balances", version = 1, events(Opened))]
pub enum Balance {
    None,
}

fn main() {}
