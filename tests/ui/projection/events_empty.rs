//! A list of no events.
use eventsource_core::prelude::*;

#[derive(Projection, Default)]
#[projection(name = "balances", version = 1, events())]
pub struct Balance {
    #[projection(key)]
    pub account: String,
}

fn main() {}
