//! Two variants with one name.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(prefix = "order")]
pub enum OrderEvent {
    #[event(name = "order.placed")]
    Placed,
    #[event(name = "order.placed")]
    Ordered,
}

fn main() {}
