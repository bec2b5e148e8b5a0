//! Six mistakes in one item: six errors in one run.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(nmae = "account.deposited", name = "account deposited", aliases("deposited!"), version = 3)]
pub struct Deposited {
    #[event(since = 4, default)]
    pub amount: u64,
    #[event(was(name = "cur", until = 3))]
    pub currency: String,
    #[event(since = 2)]
    pub note: String,
}

fn main() {}
