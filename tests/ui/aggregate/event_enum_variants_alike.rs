//! Two events that would be one variant.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

pub mod other {
    use super::*;

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "other.opened")]
    pub struct Opened;
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Opened, other::Opened))]
pub struct Account;

impl Apply<Opened> for Account {
    fn apply(&mut self, _: &Opened) {}
}

impl Apply<other::Opened> for Account {
    fn apply(&mut self, _: &other::Opened) {}
}

fn main() {}
