//! A new field that only an upcast knows of.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 2, upcast(from = 1, type = V1))]
pub struct Deposited {
    #[event(since = 2, default)]
    pub amount: u64,
}

#[derive(Deserialize)]
pub struct V1 {}

impl From<V1> for Deposited {
    fn from(_: V1) -> Self {
        Self { amount: 0 }
    }
}

fn main() {}
