//! `#[projection(…)]`.

use eventsource_core as runtime;
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.suspended", retired)]
pub struct Suspended {
    pub reason: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.noted")]
pub struct Noted {
    pub text: String,
}

#[derive(Event)]
#[event(prefix = "order")]
pub enum OrderEvent {
    Placed { customer: String },
    Cancelled,
}

macro_rules! projected {
    ($($projection:ty: $($event:ty),*;)*) => {$($(
        impl Project<$event> for $projection {
            fn project(&mut self, _: &$event, _: &EventContext<'_>) {}
        }
    )*)*};
}
projected! {
    Balance: Opened;
    Standing: Opened, Suspended;
    Totals: Opened;
    Login: Opened;
    Portfolio: Opened;
    Customer: OrderEvent;
    Profile: Opened;
}

// example: projection
#[derive(Projection, Default)]
#[projection(name = "balances", version = 1, events(Opened, ignore(Noted)))]
pub struct Balance {
    #[projection(key)]
    account: String,
    amount: u64,
}
// end

// example: projection retired
#[derive(Projection, Default)]
#[projection(name = "standings", version = 1, events(Opened), retired(Suspended))]
pub struct Standing {
    #[projection(key)]
    account: String,
    suspended: bool,
}
// end

// example: projection key
/// One row over everything.
#[derive(Projection, Default)]
#[projection(name = "totals", version = 1, key = global, events(Opened))]
pub struct Totals {
    accounts: u64,
}
// end

// example: projection consistency
#[derive(Projection, Default)]
#[projection(
    name = "logins",
    version = 1,
    events(Opened),
    consistency = "immediate"
)]
pub struct Login {
    #[projection(key)]
    account: String,
    #[projection(unique)]
    owner: String,
}
// end

// example: projection crate
#[derive(Projection, Default)]
#[projection(name = "profiles", version = 1, events(Opened), crate = runtime)]
pub struct Profile {
    #[projection(key)]
    account: String,
}
// end

// example: listed key
/// A row an owner, over all of their accounts.
#[derive(Projection, Default)]
#[projection(name = "portfolios", version = 1, events(Opened(key = owner)))]
pub struct Portfolio {
    #[projection(key)]
    owner: String,
    accounts: u32,
}
// end

// example: listed key_with
#[derive(Projection, Default)]
#[projection(name = "customers", version = 1, events(OrderEvent(key_with = customer_of)))]
pub struct Customer {
    #[projection(key)]
    customer: String,
    #[projection(index)]
    orders: u32,
    #[projection(column = "last_seen")]
    seen: Option<Timestamp>,
}

/// Only `order.placed` names the customer; other events belong to no row.
fn customer_of(event: &OrderEvent, _: &EventContext<'_>) -> Option<String> {
    match event {
        OrderEvent::Placed { customer } => Some(customer.clone()),
        OrderEvent::Cancelled => None,
    }
}
// end
