//! A key that a macro hands through.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

macro_rules! event {
    ($key:ident = $name:literal) => {
        #[derive(Event, Serialize, Deserialize)]
        #[event($key = $name)]
        pub struct Opened;
    };
}

event!(nmae = "account.opened");

fn main() {}
