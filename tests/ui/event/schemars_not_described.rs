//! A type that does not describe itself by a JSON Schema.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Owner {
    pub name: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    #[event(schemars)]
    pub owner: Owner,
}

fn main() {}
