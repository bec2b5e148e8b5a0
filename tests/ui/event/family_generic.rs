//! A family with a type parameter.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(prefix = "account")]
pub enum AccountEvent<T> {
    Opened { owner: T },
}

fn main() {}
