//! An example of a field that is never read.
use eventsource_core::prelude::*;

#[derive(Event)]
#[event(name = "member.pinged", retired(drop))]
pub struct Pinged {
    #[event(example = 7)]
    pub times: u32,
}

fn main() {}
