//! A list of no events.
use eventsource_core::prelude::*;

#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events())]
pub struct Account;

fn main() {}
