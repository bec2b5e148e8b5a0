//! An aggregate with a type parameter.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Opened))]
pub struct Account<T> {
    pub owner: T,
}

impl<T: Send + Sync + 'static> Apply<Opened> for Account<T> {
    fn apply(&mut self, _: &Opened) {}
}

impl<T: Send + Sync + 'static> Handle<u8> for Account<T> {
    fn handle(&self, _: u8, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Opened { owner: String::new() }])
    }
}

fn main() {}
