//! A value where a key stands.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened", name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

fn main() {}
