//! An alias, twice.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(prefix = "order")]
pub enum OrderEvent {
    #[event(name = "order.placed")]
    Placed,
    #[event(aliases("order.made", "order.made"))]
    Ordered,
}

fn main() {}
