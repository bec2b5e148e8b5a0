//! An example without a value.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    #[event(example)]
    pub owner: String,
}

fn main() {}
