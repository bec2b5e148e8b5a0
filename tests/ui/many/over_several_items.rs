//! A mistake in each of four items: four errors in one run.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Command, Clone)]
#[command(aggregate = Account, create)]
pub struct Open {
    #[command(id)]
    pub account: String,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = "String", error = std::convert::Infallible, events(Opened), commands(Open))]
pub struct Account;

impl Apply<Opened> for Account {
    fn apply(&mut self, _: &Opened) {}
}

impl Handle<Open> for Account {
    fn handle(&self, _: Open, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![])
    }
}

#[derive(Projection, Default)]
#[projection(name = "balances", version = 1, events(Opened), consistency = "strong")]
pub struct Balance {
    #[projection(key)]
    pub account: String,
}

impl Project<Opened> for Balance {
    fn project(&mut self, _: &Opened, _: &EventContext<'_>) {}
}

fn main() {}
