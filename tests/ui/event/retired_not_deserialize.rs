//! A retired event that cannot be read.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(name = "account.opened", retired)]
pub struct Opened {
    pub owner: String,
}

fn main() {}
