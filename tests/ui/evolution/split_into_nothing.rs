//! A split into nothing.
use eventsource_core::prelude::*;
use serde::Deserialize;

#[derive(Event, Deserialize)]
#[event(name = "account.opened_and_named", retired(into()))]
pub struct OpenedAndNamed;

fn main() {}
