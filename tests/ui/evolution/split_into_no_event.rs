//! A split into what is no event.
use eventsource_core::prelude::*;
use serde::Deserialize;

pub struct Opened;

#[derive(Event, Deserialize)]
#[event(name = "account.opened_twice", retired(into(Opened, Opened)))]
pub struct OpenedTwice;

impl From<OpenedTwice> for (Opened, Opened) {
    fn from(_: OpenedTwice) -> Self {
        (Opened, Opened)
    }
}

fn main() {}
