//! A split of which a part is not read.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.named")]
pub struct Named;

#[derive(Event, Deserialize)]
#[event(name = "account.opened_and_named", retired(into(Opened, Named)))]
pub struct OpenedAndNamed {
    pub owner: String,
}

impl From<OpenedAndNamed> for (Opened, Named) {
    fn from(old: OpenedAndNamed) -> Self {
        (Opened { owner: old.owner }, Named)
    }
}

#[derive(Projection, Default)]
#[projection(name = "balances", version = 1, events(Opened), retired(OpenedAndNamed))]
pub struct Balance {
    #[projection(key)]
    pub account: String,
}

impl Project<Opened> for Balance {
    fn project(&mut self, _: &Opened, _: &EventContext<'_>) {}
}

fn main() {}
