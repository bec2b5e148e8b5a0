//! A family of nothing.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(prefix = "order")]
pub enum OrderEvent {
}

fn main() {}
