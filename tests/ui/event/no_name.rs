//! A struct event without a name.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
pub struct AccountOpened {
    pub owner: String,
}

fn main() {}
