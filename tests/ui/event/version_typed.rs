//! A version with a type behind it.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 1u16)]
pub struct Opened {
    pub owner: String,
}

fn main() {}
