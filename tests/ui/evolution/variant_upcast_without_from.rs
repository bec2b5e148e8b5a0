//! A variant's upcast that does not become the family.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(prefix = "order")]
pub enum OrderEvent {
    #[event(version = 2, upcast(from = 1, type = u32))]
    Placed { total: u64 },
}

fn main() {}
