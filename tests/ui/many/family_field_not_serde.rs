//! A field of a family that is not serde: one error, though serde would write and read the field in several places.
use eventsource_core::prelude::*;

pub struct Owner;

#[derive(Event)]
#[event(prefix = "account")]
pub enum AccountEvent {
    Opened { owner: Owner },
}

fn main() {}
