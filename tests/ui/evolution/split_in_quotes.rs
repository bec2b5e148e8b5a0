//! A part in quotes.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.named")]
pub struct Named;

#[derive(Event, Deserialize)]
#[event(name = "account.opened_and_named", retired(into(Opened, "Named")))]
pub struct OpenedAndNamed;

fn main() {}
