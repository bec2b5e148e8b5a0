//! A field that came later, in a variant that has one version.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(prefix = "order")]
pub enum OrderEvent {
    Placed {
        #[event(since = 2, default)]
        total: u64,
    },
}

fn main() {}
