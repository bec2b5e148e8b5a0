//! An upcast of an event that is read as nothing.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(name = "account.pinged", version = 2, retired(drop), upcast(from = 1, with = lift))]
pub struct Pinged;

fn lift(old: serde_json::Value) -> Result<serde_json::Value, UpcastError> {
    Ok(old)
}

fn main() {}
