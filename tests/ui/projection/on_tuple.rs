//! A projection that is a tuple, which is viewed.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Projection, Default)]
#[projection(name = "balances", version = 1, events(Opened))]
pub struct Balance(String);

impl Project<Opened> for Balance {
    fn project(&mut self, _: &Opened, _: &EventContext<'_>) {}
}

pub fn all<S: EventStore>(app: &App<S>) {
    let _ = app.view::<Balance>();
}

fn main() {}
