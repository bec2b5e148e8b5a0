//! An aggregate of which nothing is said.
use eventsource_core::prelude::*;

#[derive(Aggregate, Default)]
pub struct Account;

fn main() {}
