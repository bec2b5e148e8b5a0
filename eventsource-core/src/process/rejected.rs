//! Commands that come back.

use crate::{Aggregate, Command, ExecuteError};

/// A command of a process manager that was refused, and comes back to the instance that sent it. It is reacted to where `events(…)` lists it:
/// `events(Paid, Rejected<Ship>)`, `impl React<Rejected<Ship>> for Fulfilment`.
///
/// Refused is what the domain rejects, a stream that is missing or already there, a value that an immediate projection keeps unique, and an id
/// that no stream can have. What may pass by trying again is tried again; what only an operator can mend, such as a stored event that cannot be
/// read, is parked.
#[derive(Debug)]
pub struct Rejected<C: Command> {
    command: C,
    error: ExecuteError<<C::Aggregate as Aggregate>::Error>,
}

impl<C: Command> Rejected<C> {
    pub(super) fn new(command: C, error: ExecuteError<<C::Aggregate as Aggregate>::Error>) -> Self {
        Self { command, error }
    }

    /// The command.
    #[must_use]
    pub fn command(&self) -> &C {
        &self.command
    }

    /// Why it was refused.
    #[must_use]
    pub fn error(&self) -> &ExecuteError<<C::Aggregate as Aggregate>::Error> {
        &self.error
    }
}
