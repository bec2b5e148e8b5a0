//! An event without serde.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

fn main() {}
