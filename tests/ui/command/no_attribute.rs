//! A command of which nothing is said.
use eventsource_core::prelude::*;

#[derive(Command, Clone)]
pub struct Open {
    #[command(id)]
    pub account: String,
}

fn main() {}
