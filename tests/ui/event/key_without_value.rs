//! A key without its value.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name)]
pub struct Opened {
    pub owner: String,
}

fn main() {}
