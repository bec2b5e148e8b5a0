//! An event with a type parameter.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(name = "a")]
pub struct Changed<T> {
    pub to: T,
}

fn main() {}
