//! What a command did.

use crate::store::StreamCommitted;
use crate::{Position, StreamName};

/// What a command did: where its events stand, or, where there were none, where the stream stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    stream: StreamName,
    version: u64,
    position: Position,
    events: u64,
}

impl Receipt {
    /// Of a command that led to no event.
    pub(super) fn unchanged(stream: StreamName, version: u64, position: Position) -> Self {
        Self {
            stream,
            version,
            position,
            events: 0,
        }
    }

    /// The stream that the command went to.
    #[must_use]
    pub fn stream(&self) -> &StreamName {
        &self.stream
    }

    /// The stream's version after it.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The position of the stream's last event after it: what `view(…).after(…)` waits for. [`Position::START`] where there is no event.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// How many events it led to.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }
}

impl From<StreamCommitted> for Receipt {
    fn from(committed: StreamCommitted) -> Self {
        Self {
            stream: committed.stream,
            version: committed.version,
            position: committed.position,
            events: committed.events,
        }
    }
}
