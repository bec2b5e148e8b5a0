//! A runtime that is not there.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", crate = nowhere)]
pub struct Opened {
    pub owner: String,
}

fn main() {}
