//! A type in the list that is no command.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Opened), commands(Open))]
pub struct Account;

impl Apply<Opened> for Account {
    fn apply(&mut self, _: &Opened) {}
}

#[derive(Clone)]
pub struct Open;

impl Handle<Open> for Account {
    fn handle(&self, _: Open, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![])
    }
}

fn main() {}
