//! A retired event among those that are written.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Event, Deserialize)]
#[event(name = "account.suspended", retired)]
pub struct Suspended;

#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Opened, Suspended))]
pub struct Account;

impl Apply<Opened> for Account {
    fn apply(&mut self, _: &Opened) {}
}

impl Apply<Suspended> for Account {
    fn apply(&mut self, _: &Suspended) {}
}

fn main() {}
