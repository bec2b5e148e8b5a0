//! A key of an event that is ignored.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.noted")]
pub struct Noted;

#[derive(Projection, Default)]
#[projection(name = "balances", version = 1, events(Opened, ignore(Noted(key = owner))))]
pub struct Balance {
    #[projection(key)]
    pub account: String,
}

impl Project<Opened> for Balance {
    fn project(&mut self, _: &Opened, _: &EventContext<'_>) {}
}

fn main() {}
