//! An attribute without its keys.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event]
pub struct Opened {
    pub owner: String,
}

fn main() {}
