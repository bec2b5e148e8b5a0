//! A misspelt key of a variant.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(prefix = "order")]
pub enum OrderEvent {
    #[event(name = "order.placed")]
    Placed,
    #[event(nmae = "order.ordered")]
    Ordered,
}

fn main() {}
