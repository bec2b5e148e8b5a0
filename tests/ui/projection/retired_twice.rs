//! A retired event listed twice.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Event, Deserialize)]
#[event(name = "account.suspended", retired)]
pub struct Suspended;

#[derive(Projection, Default)]
#[projection(name = "balances", version = 1, events(Opened), retired(Suspended, Suspended))]
pub struct Balance {
    #[projection(key)]
    pub account: String,
}

impl Project<Opened> for Balance {
    fn project(&mut self, _: &Opened, _: &EventContext<'_>) {}
}

impl Project<Suspended> for Balance {
    fn project(&mut self, _: &Suspended, _: &EventContext<'_>) {}
}

fn main() {}
