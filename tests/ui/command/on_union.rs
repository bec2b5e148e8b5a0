//! A command that is a union, which is handled.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Command, Clone, Copy)]
#[command(aggregate = Account)]
pub union Open {
    pub account: u8,
    pub other: u8,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Opened), commands(Open))]
pub struct Account;

impl Apply<Opened> for Account {
    fn apply(&mut self, _: &Opened) {}
}

impl Handle<Open> for Account {
    fn handle(&self, _: Open, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Opened { owner: String::new() }])
    }
}

fn main() {}
