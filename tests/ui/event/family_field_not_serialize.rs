//! The one field of a variant that can be read, and not written.
use eventsource_core::prelude::*;

#[derive(serde::Deserialize)]
pub struct Owner;

#[derive(Event)]
#[event(prefix = "account")]
pub enum AccountEvent {
    Opened(Owner),
}

fn main() {}
