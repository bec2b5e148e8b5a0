//! An alias that is the name.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", aliases("account.opened"))]
pub struct Opened {
    pub owner: String,
}

fn main() {}
