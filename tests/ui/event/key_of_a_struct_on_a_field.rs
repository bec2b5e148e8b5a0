//! The struct's key on a field.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    #[event(version = 2)]
    pub owner: String,
}

fn main() {}
