//! A family without a prefix.
use eventsource_core::prelude::*;

#[derive(Event)]
pub enum OrderEvent {
    Placed { total: u64 },
}

fn main() {}
