//! A field's key, `example`, on the struct.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", example = 1)]
pub struct Opened {
    pub owner: String,
}

fn main() {}
