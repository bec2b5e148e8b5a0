//! A key on the wrong kind of item.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(prefix = "order")]
pub enum OrderEvent {
    #[event(since = 2)]
    Placed { total: u64 },
}

fn main() {}
