//! What comes back, among the events that are only read.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "order.paid")]
pub struct Paid {
    pub amount: u64,
}

#[derive(Command, Serialize, Deserialize, Clone)]
#[command(aggregate = Order, name = "order.ship")]
pub struct Ship {
    #[command(id)]
    pub order: String,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "order", id = String, error = std::convert::Infallible, events(Paid), commands(Ship))]
pub struct Order;

impl Apply<Paid> for Order {
    fn apply(&mut self, _: &Paid) {}
}

impl Handle<Ship> for Order {
    fn handle(&self, _: Ship, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![])
    }
}

#[derive(ProcessManager, Default)]
#[process_manager(name = "fulfilment", version = 1, from = now, events(Paid), retired(Rejected<Ship>), commands(Ship))]
pub struct Fulfilment {
    #[process_manager(key)]
    pub order: String,
}

impl React<Paid> for Fulfilment {
    fn react(&mut self, _: &Paid, context: &mut ReactContext<'_, Self>) {
        context.send(Ship { order: self.order.clone() });
    }
}

fn main() {}
