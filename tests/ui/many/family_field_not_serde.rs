//! A field of a family that is not serde: the errors are those of serde's own derives.
use eventsource_core::prelude::*;

pub struct Owner;

#[derive(Event)]
#[event(prefix = "account")]
pub enum AccountEvent {
    Opened { owner: Owner },
}

fn main() {}
