//! What is kept of a read model's table beside its rows.

use super::Stop;
use crate::Position;

/// What is kept of a table beside its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableRecord {
    /// Up to here the log is in the rows.
    pub checkpoint: Position,
    /// Where the log ended when the table was made ([`ViewTable::target`](super::ViewTable::target)): until the checkpoint has come there, it is
    /// being built.
    pub target: Position,
    /// Why it does not go on, where it does not.
    pub stop: Option<Stop>,
}

impl TableRecord {
    /// For stores: an answer.
    #[must_use]
    pub fn new(checkpoint: Position, target: Position, stop: Option<Stop>) -> Self {
        Self {
            checkpoint,
            target,
            stop,
        }
    }

    /// Whether the rows hold all that the log held when the table was made. Once they do, they do for ever.
    #[must_use]
    pub fn is_built(&self) -> bool {
        self.checkpoint >= self.target
    }

    /// Where the log ended when the rows were found to hold more than it ([`Stop::log_end`]).
    #[must_use]
    pub fn log_end(&self) -> Option<Position> {
        self.stop.as_ref()?.log_end
    }
}

/// A version of a read model that has a table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableVersion {
    /// The version.
    pub version: u32,
    /// Behind which position it began to read the log ([`ViewTable::begins`](super::ViewTable::begins)).
    pub began: Position,
    /// Up to here the log is in its rows.
    pub checkpoint: Position,
}

impl TableVersion {
    /// For stores: an answer.
    #[must_use]
    pub fn new(version: u32, began: Position, checkpoint: Position) -> Self {
        Self {
            version,
            began,
            checkpoint,
        }
    }
}
