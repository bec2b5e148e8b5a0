//! An enum that does not say how it begins.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Aggregate)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Opened))]
pub enum Account {
    New,
}

impl Apply<Opened> for Account {
    fn apply(&mut self, _: &Opened) {}
}

fn main() {}
