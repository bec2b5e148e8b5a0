//! A retired event in `events![…]`.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.suspended", retired)]
pub struct Suspended {
    pub reason: String,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Opened), retired(Suspended), commands(Open))]
pub struct Account {
    owner: String,
}

impl Apply<Opened> for Account {
    fn apply(&mut self, event: &Opened) {
        self.owner = event.owner.clone();
    }
}

impl Apply<Suspended> for Account {
    fn apply(&mut self, _: &Suspended) {}
}

#[derive(Command, Clone)]
#[command(aggregate = Account, creates)]
pub struct Open {
    #[command(id)]
    pub account: String,
}

impl Handle<Open> for Account {
    fn handle(&self, _: Open, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Suspended { reason: String::new() }])
    }
}

fn main() {}
