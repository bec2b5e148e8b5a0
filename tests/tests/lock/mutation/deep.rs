//! Events whose types stand within each other, with what serde can be told of them.

use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "parcel.sent", version = 3)]
pub struct Sent {
    #[event(was(name = "receiver", until = 1))]
    pub to: Party,
    pub items: Vec<Item>,
    #[event(since = 3, default = Speed::Normal)]
    pub speed: Speed,
    #[serde(default)]
    pub fragile: bool,
    pub note: Option<String>,
    pub labels: BTreeMap<String, Label>,
}

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
pub struct Party {
    pub name: String,
    pub place: Place,
    pub contact: Contact,
}

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
pub struct Place {
    pub street: String,
    pub city: City,
}

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct City {
    pub city_name: String,
    pub postal_code: Option<u32>,
}

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
pub enum Contact {
    Mail {
        address: String,
    },
    Phone(u64),
    #[serde(rename = "none")]
    Nobody,
}

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
pub struct Item {
    pub sku: Sku,
    pub count: u32,
    pub grams: f32,
    pub size: (u16, u16, u16),
}

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
pub struct Sku(pub String);

#[derive(Serialize, Deserialize, Debug, Clone, Copy, PartialEq)]
pub enum Speed {
    Normal,
    Express,
}

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
pub struct Label {
    pub text: String,
}

#[derive(Event, Debug, Clone, PartialEq)]
#[event(prefix = "parcel")]
pub enum Way {
    Passed {
        hub: String,
        minutes: u32,
    },
    #[event(name = "parcel.arrived")]
    Arrived(Handed),
    Lost,
}

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
pub struct Handed {
    pub by: String,
    pub to: Option<String>,
}

#[derive(Aggregate, Default, Debug, Clone, PartialEq)]
#[aggregate(
    name = "parcel",
    id = String,
    error = std::convert::Infallible,
    events(Sent, Way)
)]
pub struct Parcel {
    sent: bool,
}

impl Apply<Sent> for Parcel {
    fn apply(&mut self, _: &Sent) {
        self.sent = true;
    }
}

impl Apply<Way> for Parcel {
    fn apply(&mut self, _: &Way) {}
}
