//! An event's attribute on a field.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Opened))]
pub struct Account {
    #[event(since = 2, default)]
    pub number: u64,
}

impl Apply<Opened> for Account {
    fn apply(&mut self, _: &Opened) {}
}

fn main() {}
