//! An event with borrowed fields.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(name = "a")]
pub struct Changed<'a> {
    pub to: &'a str,
}

fn main() {}
