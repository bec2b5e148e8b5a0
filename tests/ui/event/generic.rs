//! An event with a type parameter, which is applied.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened<T> {
    pub owner: T,
}

pub type OpenedByName = Opened<String>;

#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events(OpenedByName))]
pub struct Account;

impl<T> Apply<Opened<T>> for Account {
    fn apply(&mut self, _: &Opened<T>) {}
}

fn main() {}
