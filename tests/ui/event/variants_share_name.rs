//! Two variants stored under one name, one by an alias.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(prefix = "order")]
pub enum OrderEvent {
    Placed { total: u64 },
    #[event(aliases("order.placed"))]
    Ordered { total: u64 },
}

fn main() {}
