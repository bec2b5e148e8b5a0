//! Two fields that had one name.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 3)]
pub struct Opened {
    #[event(was(name = "name", until = 2))]
    pub owner: String,
    #[event(was(name = "name", until = 1))]
    pub holder: String,
}

fn main() {}
