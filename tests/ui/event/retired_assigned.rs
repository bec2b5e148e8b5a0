//! A value behind `retired`.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", retired = true)]
pub struct Opened {
    pub owner: String,
}

fn main() {}
