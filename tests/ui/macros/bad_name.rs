//! A name that a macro hands through.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

macro_rules! event {
    ($name:literal) => {
        #[derive(Event, Serialize, Deserialize)]
        #[event(name = $name)]
        pub struct Opened;
    };
}

event!("account opened");

fn main() {}
