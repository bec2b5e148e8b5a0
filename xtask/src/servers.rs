//! The servers that the tests need.

use std::process::Command;

use eventsource_test_servers::{NoServer, nats, postgres};

use crate::failure::Failure;

/// Servers for all tests of one run: those that the environment names, else some of our own, which end when this is dropped.
pub struct Servers {
    postgres: Running<postgres::Server>,
    nats: Running<nats::Server>,
}

/// A server, and where it is.
struct Running<S> {
    url: String,
    _own: Option<S>,
}

impl Servers {
    /// Starts what is not there.
    ///
    /// # Errors
    /// When a server can neither be found nor started, with what to install.
    pub fn start() -> Result<Self, Failure> {
        Ok(Self {
            postgres: running(postgres::VARIABLE, postgres::given(), || {
                let own = postgres::Server::start(postgres::FOR_TESTS)?;
                println!("   PostgreSQL of our own on port {}", own.port());
                Ok((own.url(), own))
            })?,
            nats: running(nats::VARIABLE, nats::given(), || {
                let own = nats::Server::start(&[])?;
                println!("   NATS of our own on port {}", own.port());
                Ok((own.url(), own))
            })?,
        })
    }

    /// Tells a command where they are.
    pub fn told<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env(postgres::VARIABLE, &self.postgres.url)
            .env(nats::VARIABLE, &self.nats.url)
    }
}

/// The server that is given, else one of our own.
fn running<S>(
    variable: &str,
    given: Option<String>,
    start: impl FnOnce() -> Result<(String, S), NoServer>,
) -> Result<Running<S>, Failure> {
    if let Some(url) = given {
        println!("   {variable}: as given");
        return Ok(Running { url, _own: None });
    }
    let (url, own) = start().map_err(|error| Failure::Rule(format!("{error}")))?;
    Ok(Running {
        url,
        _own: Some(own),
    })
}
