//! A command with the name that the enum of the events would have.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.closed")]
pub struct Closed;

#[derive(Command, Clone)]
#[command(aggregate = Account)]
pub struct AccountEvent {
    #[command(id)]
    pub account: String,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Opened, Closed), commands(AccountEvent))]
pub struct Account;

impl Apply<Opened> for Account {
    fn apply(&mut self, _: &Opened) {}
}

impl Apply<Closed> for Account {
    fn apply(&mut self, _: &Closed) {}
}

impl Handle<AccountEvent> for Account {
    fn handle(&self, _: AccountEvent, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![])
    }
}

fn main() {}
