//! An empty name of a variant.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(prefix = "order")]
pub enum OrderEvent {
    #[event(name = "order.placed")]
    Placed,
    #[event(name = "")]
    Ordered,
}

fn main() {}
