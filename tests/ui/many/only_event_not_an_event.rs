//! A type as the only event, which is none: as the event type, and as what is read. It is one mistake, and one error.
use eventsource_core::prelude::*;

pub struct Closed;

#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Closed))]
pub struct Account;

impl Apply<Closed> for Account {
    fn apply(&mut self, _: &Closed) {}
}

fn main() {}
