//! A prefix on a struct.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(prefix = "account", name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

fn main() {}
