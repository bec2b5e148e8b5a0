//! An aggregate that is a union, which applies and handles.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Command, Clone)]
#[command(aggregate = Account)]
pub struct Open {
    #[command(id)]
    pub account: String,
}

#[derive(Aggregate)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Opened), commands(Open))]
pub union Account {
    pub owner: u8,
    pub balance: u8,
}

impl Apply<Opened> for Account {
    fn apply(&mut self, _: &Opened) {}
}

impl Handle<Open> for Account {
    fn handle(&self, command: Open, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Opened { owner: command.account }])
    }
}

fn main() {}
