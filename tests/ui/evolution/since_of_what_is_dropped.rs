//! A field's past in an event that is read as nothing.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(name = "account.pinged", version = 2, retired(drop))]
pub struct Pinged {
    #[event(since = 2, default)]
    pub at: u64,
}

fn main() {}
