//! `#[process_manager(…)]`.

use eventsource_core as runtime;
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "order.paid")]
pub struct Paid {
    pub amount: u64,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "order.sent", retired)]
pub struct Sent;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "shipment.booked")]
pub struct Booked {
    pub order: String,
}

#[derive(Command, Serialize, Deserialize, Clone)]
#[command(aggregate = Order, name = "order.ship")]
pub struct Ship {
    #[command(id)]
    pub order: String,
}

#[derive(Command, Serialize, Deserialize, Clone)]
#[command(aggregate = Order, name = "order.cancel")]
pub struct Cancel {
    #[command(id)]
    pub order: String,
}

#[derive(Aggregate, Default)]
#[aggregate(
    name = "order",
    id = String,
    error = std::convert::Infallible,
    events(Paid),
    retired(Sent),
    commands(Ship, Cancel)
)]
pub struct Order;

impl Apply<Paid> for Order {
    fn apply(&mut self, _: &Paid) {}
}

impl Apply<Sent> for Order {
    fn apply(&mut self, _: &Sent) {}
}

impl Handle<Ship> for Order {
    fn handle(&self, _: Ship, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![])
    }
}

impl Handle<Cancel> for Order {
    fn handle(&self, _: Cancel, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![])
    }
}

macro_rules! reacted {
    ($($process:ty: $($event:ty),*;)*) => {$($(
        impl React<$event> for $process {
            fn react(&mut self, _: &$event, _: &mut ReactContext<'_, Self>) {}
        }
    )*)*};
}
reacted! {
    Fulfilment: Paid, Booked;
    Delivery: Paid, Sent;
    Retry: Paid;
    Takings: Paid;
    Dispatch: Paid;
}

// example: process_manager
#[derive(ProcessManager, Default)]
#[process_manager(
    name = "fulfilment",
    version = 1,
    from = beginning,
    events(Paid, Booked(key = order)),
    commands(Ship)
)]
pub struct Fulfilment {
    #[process_manager(key)]
    order: String,
    booked: bool,
}
// end

// example: process_manager retired
#[derive(ProcessManager, Default)]
#[process_manager(
    name = "deliveries",
    version = 1,
    from = beginning,
    events(Paid),
    retired(Sent),
    commands(Ship)
)]
pub struct Delivery {
    #[process_manager(key)]
    order: String,
    #[process_manager(unique)]
    tracking: Option<String>,
    #[process_manager(index, column = "due_at")]
    due: Option<Timestamp>,
}
// end

// example: process_manager rejected
/// What is rejected comes back to the instance that sent it.
#[derive(ProcessManager, Default)]
#[process_manager(
    name = "retries",
    version = 1,
    from = now,
    events(Paid, Rejected<Ship>),
    commands(Ship, Cancel)
)]
pub struct Retry {
    #[process_manager(key)]
    order: String,
}

impl React<Rejected<Ship>> for Retry {
    fn react(&mut self, rejected: &Rejected<Ship>, context: &mut ReactContext<'_, Self>) {
        context.send(Cancel {
            order: rejected.command().order.clone(),
        });
    }
}
// end

// example: process_manager key
/// One instance over everything.
#[derive(ProcessManager, Default)]
#[process_manager(
    name = "takings",
    version = 1,
    from = now,
    key = global,
    events(Paid),
    commands(Ship)
)]
pub struct Takings {
    paid: u64,
}
// end

// example: process_manager crate
#[derive(ProcessManager, Default)]
#[process_manager(
    name = "dispatches",
    version = 1,
    from = now,
    events(Paid),
    commands(Ship),
    crate = runtime
)]
pub struct Dispatch {
    #[process_manager(key)]
    order: String,
}
// end
