//! A variant's step that nothing accounts for.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(prefix = "order")]
pub enum OrderEvent {
    #[event(version = 2)]
    Placed { total: u64 },
}

fn main() {}
