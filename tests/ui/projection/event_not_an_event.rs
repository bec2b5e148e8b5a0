//! A type in the list that is no event.
use eventsource_core::prelude::*;

pub struct Opened;

#[derive(Projection, Default)]
#[projection(name = "balances", version = 1, events(Opened))]
pub struct Balance {
    #[projection(key)]
    pub account: String,
}

impl Project<Opened> for Balance {
    fn project(&mut self, _: &Opened, _: &EventContext<'_>) {}
}

fn main() {}
