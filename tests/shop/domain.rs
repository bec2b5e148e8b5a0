//! A shop: the domain of `examples/checkout.rs` as it stands, and one more read model, with a row an order.

use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

/// The example itself, by a link.
#[allow(dead_code, reason = "what only its own `main` uses")]
#[path = "checkout.rs"]
pub mod checkout;

use checkout::{Booked, OrderEvent};

/// A row an order: what has come of it.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(name = "orders", version = 1, events(OrderEvent, Booked(key = order)))]
pub struct OrderRow {
    #[projection(key)]
    pub order: String,
    #[projection(index)]
    pub customer: String,
    #[projection(index)]
    pub total: u64,
    pub discount: u64,
    pub paid: Option<u64>,
    pub bookings: u32,
    pub shipments: u32,
}

impl Project<OrderEvent> for OrderRow {
    fn project(&mut self, event: &OrderEvent, _: &EventContext<'_>) {
        match event {
            OrderEvent::Placed { customer, total } => {
                self.customer.clone_from(customer);
                self.total = *total;
            }
            OrderEvent::DiscountApplied { amount, .. } => self.discount += amount,
            OrderEvent::PaymentReceived { amount } => self.paid = Some(*amount),
            OrderEvent::Shipped { .. } => self.shipments += 1,
        }
    }
}

impl Project<Booked> for OrderRow {
    fn project(&mut self, _: &Booked, _: &EventContext<'_>) {
        self.bookings += 1;
    }
}
