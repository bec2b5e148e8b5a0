//! A field of a family that can be written, and not read: a list of what lacks it.
use eventsource_core::prelude::*;

#[derive(serde::Serialize)]
pub struct Owner;

#[derive(Event)]
#[event(prefix = "account")]
pub enum AccountEvent {
    Opened(Vec<Owner>),
    Shared { owners: Vec<Owner>, note: String },
    Closed,
}

fn main() {}
