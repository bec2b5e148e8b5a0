//! An example of a field that serde skips.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
    #[serde(skip)]
    #[event(example = 3)]
    pub seen: u8,
}

fn main() {}
