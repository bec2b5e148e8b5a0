//! Events of types that serde reads in forms of their own: tagged within, beside and not at all, and flattened.

use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "bill.paid")]
pub struct Paid {
    #[event(schemars)]
    pub means: Means,
    #[event(schemars)]
    pub reference: Option<Reference>,
    pub taken: Vec<Taken>,
}

#[derive(Serialize, Deserialize, schemars::JsonSchema, Debug, Clone, PartialEq)]
#[serde(tag = "by")]
pub enum Means {
    Card { digits: u16 },
    Transfer { iban: String, bank: Option<String> },
    Cash,
}

#[derive(Serialize, Deserialize, schemars::JsonSchema, Debug, Clone, PartialEq)]
#[serde(untagged)]
pub enum Reference {
    Number(u64),
    Invoice { year: u16, number: u32 },
}

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
#[serde(tag = "kind", content = "value")]
pub enum Taken {
    Whole,
    Part(u64),
    Marks((u32, u32)),
    Notes(Vec<u16>),
}

/// No sample has the fields that are flattened: its payloads are written by hand.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "bill.sent")]
pub struct Sent {
    pub to: String,
    #[serde(flatten)]
    pub place: Place,
}

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
pub struct Place {
    pub street: String,
    pub city: String,
}

/// Two events of one shape.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "bill.raised", aliases("bill.increased"))]
pub struct Raised {
    pub by: u64,
}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "bill.lowered")]
pub struct Lowered {
    pub by: u64,
}

#[derive(Aggregate, Default, Debug, Clone, PartialEq)]
#[aggregate(
    name = "bill",
    id = String,
    error = std::convert::Infallible,
    events(Paid, Sent, Raised, Lowered)
)]
pub struct Bill {
    paid: bool,
}

impl Apply<Paid> for Bill {
    fn apply(&mut self, _: &Paid) {
        self.paid = true;
    }
}

impl Apply<Sent> for Bill {
    fn apply(&mut self, _: &Sent) {}
}

impl Apply<Raised> for Bill {
    fn apply(&mut self, _: &Raised) {}
}

impl Apply<Lowered> for Bill {
    fn apply(&mut self, _: &Lowered) {}
}
