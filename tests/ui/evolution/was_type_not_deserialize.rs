//! A field's older type that cannot be read.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 2)]
pub struct Deposited {
    #[event(was(type = Cents, until = 1))]
    pub amount: u64,
}

pub struct Cents(u64);

impl From<Cents> for u64 {
    fn from(old: Cents) -> Self {
        old.0
    }
}

fn main() {}
