//! One event under two names: it would be two variants, each made from it, and each read as it.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

use Opened as Started;

#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Opened, Started))]
pub struct Account;

impl Apply<Opened> for Account {
    fn apply(&mut self, _: &Opened) {}
}

fn main() {}
