//! Two fields stored under one name.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(prefix = "account")]
pub enum AccountEvent {
    Opened {
        owner: String,
        #[serde(rename = "owner")]
        holder: String,
    },
}

fn main() {}
