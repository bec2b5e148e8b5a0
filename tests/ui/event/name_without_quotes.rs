//! A name without quotes.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = opened)]
pub struct Opened {
    pub owner: String,
}

fn main() {}
