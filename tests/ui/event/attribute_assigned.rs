//! A value where the keys stand.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event = "account.opened"]
pub struct Opened {
    pub owner: String,
}

fn main() {}
