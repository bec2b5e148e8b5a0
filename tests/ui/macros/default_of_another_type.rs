//! A default that a macro hands through as an expression.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

macro_rules! event {
    ($default:expr) => {
        #[derive(Event, Serialize, Deserialize)]
        #[event(name = "account.opened", version = 2)]
        pub struct Opened {
            #[event(since = 2, default = $default)]
            pub owner: String,
        }
    };
}

event!(1 + 1);

fn main() {}
