//! Three lists, each with a type that does not do what it is listed for.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.closed")]
pub struct Closed;

#[derive(Command, Clone)]
#[command(aggregate = Account)]
pub struct Close {
    #[command(id)]
    pub account: String,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Opened, Closed), commands(Close))]
pub struct Account;

impl Apply<Opened> for Account {
    fn apply(&mut self, _: &Opened) {}
}

#[derive(Projection, Default)]
#[projection(name = "balances", version = 1, events(Opened, Closed))]
pub struct Balance {
    #[projection(key)]
    pub account: String,
}

impl Project<Opened> for Balance {
    fn project(&mut self, _: &Opened, _: &EventContext<'_>) {}
}

fn main() {}
