//! An event with a constant parameter.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened<const N: usize> {
    pub owners: usize,
}

fn main() {}
