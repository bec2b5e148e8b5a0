//! A version that is no whole number.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 1.5)]
pub struct Opened {
    pub owner: String,
}

fn main() {}
