//! A field that is neither a column nor serde.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Projection, Default)]
#[projection(name = "balances", version = 1, events(Opened))]
pub struct Balance {
    #[projection(key)]
    pub account: String,
    pub owner: Owner,
}

impl Project<Opened> for Balance {
    fn project(&mut self, _: &Opened, _: &EventContext<'_>) {}
}

#[derive(Default)]
pub struct Owner;

fn main() {}
