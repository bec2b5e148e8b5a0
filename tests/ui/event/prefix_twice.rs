//! Two prefixes.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(prefix = "order", prefix = "bill")]
pub enum OrderEvent {
    #[event(name = "order.placed")]
    Placed,
    #[event(name = "order.ordered")]
    Ordered,
}

fn main() {}
