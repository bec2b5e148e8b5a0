//! The servers that the tests need.

use std::process::Command;

use eventsource_test_servers::postgres;

use crate::failure::Failure;

/// Servers for all tests of one run: those that the environment names, else some of our own, which end when this is dropped.
pub struct Servers {
    postgres: String,
    _own: Option<postgres::Server>,
}

impl Servers {
    /// Starts what is not there.
    ///
    /// # Errors
    /// When a server can neither be found nor started, with what to install.
    pub fn start() -> Result<Self, Failure> {
        let failed = |error| Failure::Rule(format!("{error}"));
        if let Some(postgres) = postgres::given() {
            println!("   {}: as given", postgres::VARIABLE);
            return Ok(Self {
                postgres,
                _own: None,
            });
        }
        let own = postgres::Server::start(postgres::FOR_TESTS).map_err(failed)?;
        println!("   PostgreSQL of our own on port {}", own.port());
        Ok(Self {
            postgres: own.url(),
            _own: Some(own),
        })
    }

    /// Tells a command where they are.
    pub fn told<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env(postgres::VARIABLE, &self.postgres)
    }
}
