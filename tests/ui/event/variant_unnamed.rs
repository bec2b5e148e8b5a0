//! A variant without a name, in a family without a prefix.
use eventsource_core::prelude::*;

#[derive(Event)]
pub enum OrderEvent {
    #[event(name = "order.placed")]
    Placed,
    Paid,
}

fn main() {}
