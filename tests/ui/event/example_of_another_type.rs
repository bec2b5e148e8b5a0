//! An example of another type than the field's.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    #[event(example = 5)]
    pub owner: String,
}

fn main() {}
