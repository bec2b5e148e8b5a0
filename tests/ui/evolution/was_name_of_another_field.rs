//! The older name of a field, which another field has had all along.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 2)]
pub struct Opened {
    pub owner: String,
    #[event(was(name = "owner", until = 1))]
    pub holder: String,
}

fn main() {}
