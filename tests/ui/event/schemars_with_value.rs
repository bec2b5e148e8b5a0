//! A value behind `schemars`.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    #[event(schemars = true)]
    pub owner: String,
}

fn main() {}
