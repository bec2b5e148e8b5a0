//! A prefix that is no name.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(prefix = "my order")]
pub enum OrderEvent {
    Placed,
}

fn main() {}
