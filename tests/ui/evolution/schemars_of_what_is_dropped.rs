//! A field that is never read, described by its schema.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(name = "member.pinged", retired(drop))]
pub struct Pinged {
    #[event(schemars)]
    pub times: u32,
}

fn main() {}
