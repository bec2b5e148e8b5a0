//! A field's past in a struct that serde reads through another.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize, Clone)]
#[event(name = "account.deposited", version = 2)]
#[serde(from = "Amount", into = "Amount")]
pub struct Deposited {
    #[event(since = 2, default)]
    pub amount: u64,
}

#[derive(Serialize, Deserialize)]
pub struct Amount(u64);

impl From<Amount> for Deposited {
    fn from(amount: Amount) -> Self {
        Self { amount: amount.0 }
    }
}

impl From<Deposited> for Amount {
    fn from(deposited: Deposited) -> Self {
        Self(deposited.amount)
    }
}

fn main() {}
