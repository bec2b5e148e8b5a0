//! An event without `Deserialize`.
use eventsource_core::prelude::*;

#[derive(Event, serde::Serialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

fn main() {}
