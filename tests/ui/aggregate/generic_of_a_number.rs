//! An aggregate with a number for a parameter.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Opened))]
pub struct Account<const LIMIT: u64> {
    pub balance: u64,
}

impl<const LIMIT: u64> Apply<Opened> for Account<LIMIT> {
    fn apply(&mut self, _: &Opened) {}
}

fn main() {}
