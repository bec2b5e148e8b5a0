//! A field's type without `Default`.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.deposited", version = 2)]
pub struct Deposited {
    #[event(since = 2, default)]
    pub amount: Currency,
}

#[derive(Serialize, Deserialize)]
pub enum Currency {
    Eur,
}

fn main() {}
