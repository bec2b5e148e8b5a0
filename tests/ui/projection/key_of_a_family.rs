//! A field of a family.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(prefix = "order")]
pub enum OrderEvent {
    Placed { customer: String },
}

#[derive(Projection, Default)]
#[projection(name = "balances", version = 1, events(OrderEvent(key = customer)))]
pub struct Balance {
    #[projection(key)]
    pub account: String,
}

impl Project<OrderEvent> for Balance {
    fn project(&mut self, _: &OrderEvent, _: &EventContext<'_>) {}
}

fn main() {}
