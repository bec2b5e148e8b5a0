//! A prefix without quotes.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(prefix = order)]
pub enum OrderEvent {
    #[event(name = "order.placed")]
    Placed,
    #[event(name = "order.ordered")]
    Ordered,
}

fn main() {}
