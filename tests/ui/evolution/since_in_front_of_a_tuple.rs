//! A new field in front of a tuple.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 2)]
pub struct Deposited(#[event(since = 2, default)] u64, String);

fn main() {}
