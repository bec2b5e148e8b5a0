//! A projection of which nothing is said.
use eventsource_core::prelude::*;

#[derive(Projection, Default)]
pub struct Balance {
    #[projection(key)]
    pub account: String,
}

fn main() {}
