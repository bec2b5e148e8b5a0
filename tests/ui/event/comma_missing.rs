//! No comma between two keys.
use eventsource_core::prelude::*;
use serde::Deserialize;

#[derive(Event, Deserialize)]
#[event(name = "account.opened" retired)]
pub struct Opened {
    pub owner: String,
}

fn main() {}
