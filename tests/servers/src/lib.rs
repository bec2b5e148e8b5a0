//! Servers for the tests: those that the environment names, else some of our own on free ports, in temporary folders.
//!
//! A server of our own ends with the process that started it, however that ends: a shell between the two waits for the end of its input, which
//! the process holds open, stops the server by its id and removes its folder.

#![forbid(unsafe_code)]

mod guarded;
pub mod nats;
mod ports;
pub mod postgres;
mod programs;
mod pypi;

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
