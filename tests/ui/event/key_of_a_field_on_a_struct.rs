//! A field's key on the struct.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", since = 2)]
pub struct Opened {
    pub owner: String,
}

fn main() {}
