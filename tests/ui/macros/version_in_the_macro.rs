//! A version that the macro wrote itself.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

macro_rules! event {
    ($event:ident) => {
        #[derive(Event, Serialize, Deserialize)]
        #[event(name = "account.opened", version = 2)]
        pub struct $event;
    };
}

event!(Opened);

fn main() {}
