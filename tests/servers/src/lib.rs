//! Servers for the tests: those that the environment names, else some of our own on free ports, in temporary folders. And what tests of several
//! crates share: what crashes leave ([`kept`]), what the system was asked for ([`calls`]), and a run's report ([`report`]).
//!
//! A server of our own ends with the process that started it, however that ends: a shell between the two waits for the end of its input, which
//! the process holds open, stops the server by its id and removes its folder.

#![forbid(unsafe_code)]

pub mod calls;
mod guarded;
pub mod kept;
pub mod nats;
mod ports;
pub mod postgres;
mod programs;
mod pypi;
pub mod report;

use std::fmt;

/// Why there is no server, and what to do.
#[derive(Debug)]
pub struct NoServer(String);

impl fmt::Display for NoServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoServer {}
