//! A word that `retired` does not take.
use eventsource_core::prelude::*;
use serde::Deserialize;

#[derive(Event, Deserialize)]
#[event(name = "account.opened", retired(dorp))]
pub struct Opened {
    pub owner: String,
}

fn main() {}
