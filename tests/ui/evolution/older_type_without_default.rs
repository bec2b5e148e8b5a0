//! An older type that older payloads may lack, and that has no default.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize, Default)]
#[event(name = "sensor.measured", version = 2)]
#[serde(default)]
pub struct Measured {
    #[event(was(type = Celsius, with = to_milli, until = 1))]
    pub milli_celsius: i64,
}

#[derive(Deserialize)]
pub struct Celsius(i64);

fn to_milli(celsius: Celsius) -> i64 {
    celsius.0 * 1000
}

fn main() {}
