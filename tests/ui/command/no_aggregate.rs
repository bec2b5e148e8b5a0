//! A command to nobody.
use eventsource_core::prelude::*;

#[derive(Command, Clone)]
#[command(creates)]
pub struct Open {
    #[command(id)]
    pub account: String,
}

fn main() {}
