//! An event that a macro hands through as a type.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

macro_rules! aggregate {
    ($event:ty) => {
        #[derive(Aggregate, Default)]
        #[aggregate(name = "account", id = String, error = std::convert::Infallible, events($event))]
        pub struct Account;
    };
}

aggregate!(Opened);

fn main() {}
