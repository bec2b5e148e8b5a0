//! Free ports.

use std::net::{Ipv4Addr, TcpListener};

use crate::NoServer;

/// A port of the loopback address that nobody listens on at this moment.
pub fn free() -> Result<u16, NoServer> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| NoServer(format!("no port of 127.0.0.1 can be had: {error}")))
}
