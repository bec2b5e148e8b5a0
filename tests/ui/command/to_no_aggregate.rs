//! A command to what is no aggregate.
use eventsource_core::prelude::*;

pub struct Account;

#[derive(Command, Clone)]
#[command(aggregate = Account)]
pub struct Open {
    #[command(id)]
    pub account: String,
}

fn main() {}
