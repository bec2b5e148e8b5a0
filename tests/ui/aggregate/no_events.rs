//! An aggregate without events.
use eventsource_core::prelude::*;

#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, unknown = "error")]
pub struct Account;

fn main() {}
