//! A retired event as the only one.
use eventsource_core::prelude::*;
use serde::Deserialize;

#[derive(Event, Deserialize)]
#[event(name = "account.suspended", retired)]
pub struct Suspended;

#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Suspended))]
pub struct Account;

impl Apply<Suspended> for Account {
    fn apply(&mut self, _: &Suspended) {}
}

fn main() {}
