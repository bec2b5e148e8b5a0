//! A list of no events, and a misspelt key.
use eventsource_core::prelude::*;

#[derive(Aggregate, Default)]
#[aggregate(nmae = "account", id = String, error = std::convert::Infallible, events())]
pub struct Account;

#[derive(Projection, Default)]
#[projection(nmae = "balances", version = 1, events())]
pub struct Balance {
    #[projection(key)]
    pub account: String,
}

fn main() {}
