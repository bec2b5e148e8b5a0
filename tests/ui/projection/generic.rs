//! A projection with a type parameter.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Projection, Default)]
#[projection(name = "balances", version = 1, events(Opened))]
pub struct Balance<T> {
    #[projection(key)]
    pub account: String,
    pub more: T,
}

impl<T> Project<Opened> for Balance<T> {
    fn project(&mut self, _: &Opened, _: &EventContext<'_>) {}
}

pub fn count<S: EventStore>(app: &App<S>) {
    let _ = app.view::<Balance<u8>>();
}

fn main() {}
