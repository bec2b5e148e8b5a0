//! A name on a family.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(prefix = "order", name = "order")]
pub enum OrderEvent {
    Placed,
}

fn main() {}
