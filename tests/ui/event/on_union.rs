//! An event that is a union.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(name = "a")]
pub union Bits {
    a: u32,
    b: f32,
}

fn main() {}
