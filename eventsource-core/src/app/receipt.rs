//! What a command did.

use crate::store::StreamCommitted;
use crate::{Position, StreamName};

/// What a command did: where its events stand, or, where there were none, where the stream stands.
///
/// Two receipts are equal when they are of the same effect, whichever of them is the first.
#[derive(Debug, Clone)]
pub struct Receipt {
    stream: StreamName,
    version: u64,
    position: Position,
    events: u64,
    repeat: bool,
}

impl PartialEq for Receipt {
    fn eq(&self, other: &Self) -> bool {
        let effect = |it: &Self| (it.version, it.position, it.events);
        self.stream == other.stream && effect(self) == effect(other)
    }
}

impl Eq for Receipt {}

impl Receipt {
    /// Of a command that led to no event.
    pub(super) fn unchanged(stream: StreamName, version: u64, position: Position) -> Self {
        Self {
            stream,
            version,
            position,
            events: 0,
            repeat: false,
        }
    }

    /// The same, of a command that was found to be carried out already.
    pub(super) fn repeated(self) -> Self {
        Self {
            repeat: true,
            ..self
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

    /// Whether the command was carried out before this call, which found it by its `command_id` and wrote nothing. Of calls that run at the
    /// same time under one id, one alone writes, and the others may not learn that they did not.
    #[must_use]
    pub fn is_repeat(&self) -> bool {
        self.repeat
    }
}

impl From<StreamCommitted> for Receipt {
    fn from(committed: StreamCommitted) -> Self {
        Self {
            stream: committed.stream,
            version: committed.version,
            position: committed.position,
            events: committed.events,
            repeat: false,
        }
    }
}
