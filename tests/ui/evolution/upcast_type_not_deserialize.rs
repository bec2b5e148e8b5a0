//! An old type that cannot be read.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 2, upcast(from = 1, type = V1))]
pub struct Deposited {
    pub amount: u64,
}

pub struct V1 {
    pub amount: u32,
}

impl From<V1> for Deposited {
    fn from(old: V1) -> Self {
        Self {
            amount: old.amount.into(),
        }
    }
}

fn main() {}
