//! An alias without quotes.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", aliases(opened))]
pub struct Opened {
    pub owner: String,
}

fn main() {}
