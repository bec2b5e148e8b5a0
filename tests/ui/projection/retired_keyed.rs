//! A key of an event that is only read.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Projection, Default)]
#[projection(name = "balances", version = 1, events(Opened), retired(Gone(key = owner)))]
pub struct Balance {
    #[projection(key)]
    pub account: String,
}

impl Project<Opened> for Balance {
    fn project(&mut self, _: &Opened, _: &EventContext<'_>) {}
}

#[derive(Event, Deserialize)]
#[event(name = "account.gone", retired)]
pub struct Gone;

impl Project<Gone> for Balance {
    fn project(&mut self, _: &Gone, _: &EventContext<'_>) {}
}

fn main() {}
