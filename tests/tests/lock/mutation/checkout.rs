//! The domain of the example `checkout`, without its process manager.

use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

// ── orders ──────────────────────────────────────────────────────────────────

/// A family: each variant is an event type of its own (`order.placed`, `order.discount_applied`, …),
/// stored as its fields alone. The enum itself needs no serde derive.
#[derive(Event, Debug, Clone, PartialEq)]
#[event(prefix = "order")]
pub enum OrderEvent {
    Placed {
        customer: String,
        total: u64,
    },
    /// Why a 200 order was paid with 150: the question that a table of current states cannot answer.
    #[event(version = 2)]
    DiscountApplied {
        amount: u64,
        #[event(since = 2, default = "unrecorded".to_string())]
        reason: String,
    },
    PaymentReceived {
        amount: u64,
    },
    /// Renamed from `order.sent`; both names are read, the new one is written.
    #[event(aliases("order.sent"))]
    Shipped {
        #[serde(rename = "tracking_no")]
        tracking: String,
    },
}

#[derive(Command, Debug, Clone)]
#[command(aggregate = Order)]
pub enum OrderCommand {
    #[command(creates)]
    Place {
        #[command(id)]
        order: String,
        customer: String,
        total: u64,
    },
    Discount {
        #[command(id)]
        order: String,
        amount: u64,
        reason: String,
    },
    Pay {
        #[command(id)]
        order: String,
        amount: u64,
    },
}

/// Sent by a process manager. What waits in its outbox outlives a deploy, so it is stored like an
/// event: under a name, with a version.
#[derive(Command, Serialize, Deserialize, Debug, Clone)]
#[command(aggregate = Order, name = "order.ship")]
pub struct Ship {
    #[command(id)]
    pub order: String,
    pub tracking: String,
}

#[derive(Aggregate, Default, Debug, Clone, PartialEq)]
#[aggregate(
    name = "order",
    id = String,
    error = OrderError,
    events(OrderEvent),
    commands(OrderCommand, Ship)
)]
pub enum Order {
    #[default]
    New,
    Open {
        due: u64,
    },
    Paid,
    Shipped,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OrderError {
    #[error("{paid} was paid, {due} is due")]
    WrongAmount { due: u64, paid: u64 },
    #[error("the order is not open")]
    NotOpen,
    #[error("the order is not paid")]
    NotPaid,
}

impl Apply<OrderEvent> for Order {
    fn apply(&mut self, event: &OrderEvent) {
        *self = match (&*self, event) {
            (_, OrderEvent::Placed { total, .. }) => Order::Open { due: *total },
            (Order::Open { due }, OrderEvent::DiscountApplied { amount, .. }) => Order::Open {
                due: due.saturating_sub(*amount),
            },
            (_, OrderEvent::PaymentReceived { .. }) => Order::Paid,
            (_, OrderEvent::Shipped { .. }) => Order::Shipped,
            (state, _) => state.clone(),
        };
    }
}

impl Handle<OrderCommand> for Order {
    fn handle(&self, command: OrderCommand, _: &Context<'_, Self>) -> Decision<Self> {
        match (self, command) {
            (
                Order::New,
                OrderCommand::Place {
                    customer, total, ..
                },
            ) => Ok(events![OrderEvent::Placed { customer, total }]),
            (Order::Open { .. }, OrderCommand::Discount { amount, reason, .. }) => {
                Ok(events![OrderEvent::DiscountApplied { amount, reason }])
            }
            (Order::Open { due }, OrderCommand::Pay { amount, .. }) if *due == amount => {
                Ok(events![OrderEvent::PaymentReceived { amount }])
            }
            (Order::Open { due }, OrderCommand::Pay { amount, .. }) => {
                Err(OrderError::WrongAmount {
                    due: *due,
                    paid: amount,
                })
            }
            _ => Err(OrderError::NotOpen),
        }
    }
}

impl Handle<Ship> for Order {
    fn handle(&self, command: Ship, _: &Context<'_, Self>) -> Decision<Self> {
        match self {
            Order::Paid => Ok(events![OrderEvent::Shipped {
                tracking: command.tracking
            }]),
            _ => Err(OrderError::NotPaid),
        }
    }
}

// ── shipments: another stream, fed by a process manager ─────────────────────

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "shipment.booked")]
pub struct Booked {
    pub order: String,
    pub tracking: String,
}

#[derive(Command, Serialize, Deserialize, Debug, Clone)]
#[command(aggregate = Shipment, name = "shipment.book", creates)]
pub struct Book {
    #[command(id)]
    pub shipment: String,
    pub order: String,
}

#[derive(Aggregate, Default, Debug, Clone, PartialEq)]
#[aggregate(
    name = "shipment",
    id = String,
    error = std::convert::Infallible,
    events(Booked),
    commands(Book)
)]
pub struct Shipment {
    order: String,
}

impl Apply<Booked> for Shipment {
    fn apply(&mut self, event: &Booked) {
        self.order = event.order.clone();
    }
}

impl Handle<Book> for Shipment {
    fn handle(&self, command: Book, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Booked {
            tracking: format!("T-{}", command.shipment),
            order: command.order
        }])
    }
}

// ── read models over many streams ───────────────────────────────────────────

/// A row a customer, over all of their orders: the key comes out of the event.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(
    name = "customers",
    version = 1,
    events(OrderEvent(key_with = customer_of))
)]
pub struct Customer {
    #[projection(key)]
    customer: String,
    orders: u32,
    ordered: u64,
}

/// Only `order.placed` names the customer; other events of an order are not this read model's.
fn customer_of(event: &OrderEvent, _: &EventContext<'_>) -> Option<String> {
    match event {
        OrderEvent::Placed { customer, .. } => Some(customer.clone()),
        _ => None,
    }
}

impl Project<OrderEvent> for Customer {
    fn project(&mut self, event: &OrderEvent, _: &EventContext<'_>) {
        if let OrderEvent::Placed { total, .. } = event {
            self.orders += 1;
            self.ordered += total;
        }
    }
}

/// The dashboard: one row over everything.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(name = "dashboard", version = 1, key = global, events(OrderEvent, Booked))]
pub struct Dashboard {
    placed: u64,
    revenue: u64,
    discounts: u64,
    shipped: u64,
    booked: u64,
}

impl Project<OrderEvent> for Dashboard {
    fn project(&mut self, event: &OrderEvent, _: &EventContext<'_>) {
        match event {
            OrderEvent::Placed { .. } => self.placed += 1,
            OrderEvent::DiscountApplied { amount, .. } => self.discounts += amount,
            OrderEvent::PaymentReceived { amount } => self.revenue += amount,
            OrderEvent::Shipped { .. } => self.shipped += 1,
        }
    }
}

impl Project<Booked> for Dashboard {
    fn project(&mut self, _: &Booked, _: &EventContext<'_>) {
        self.booked += 1;
    }
}
