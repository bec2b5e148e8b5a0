//! An id that cannot be read, of commands and their enum.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = Number, error = std::convert::Infallible, events(Opened), commands(Open), command_enum = AccountCommand)]
pub struct Account;

impl Apply<Opened> for Account {
    fn apply(&mut self, _: &Opened) {}
}

#[derive(Command, Deserialize, Clone)]
#[command(aggregate = Account)]
pub struct Open {
    #[command(id)]
    pub account: Number,
}

impl Handle<Open> for Account {
    fn handle(&self, _: Open, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![])
    }
}

#[derive(Deserialize, Clone)]
pub struct Number(u64);

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

fn main() {}
