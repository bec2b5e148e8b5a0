//! Commands that process managers have sent and nobody has carried out yet.

use std::fmt;

use uuid::Uuid;

use super::Value;
use crate::Timestamp;

/// A command that waits. All versions of a process manager share one outbox, under its name. The `Debug` shows no payload.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct OutboxEntry {
    /// Its id: the `command_id` that it is carried out under, so that a repetition does nothing.
    pub id: Uuid,
    /// The instance that sent it, by its key; null for a global one.
    pub instance: Value,
    /// The name that the command is stored under.
    pub command: String,
    /// Its schema version.
    pub schema_version: u16,
    /// The command: JSON, in UTF-8.
    pub payload: Vec<u8>,
    /// When it is to be carried out. Among those that are due, the earliest goes first, and those of one time in the order in which they
    /// were sent.
    pub due: Timestamp,
    /// What is known of the event that it follows from, in a form of the runtime's own.
    pub origin: Vec<u8>,
    /// Why it was parked; `None` while it waits to be carried out.
    pub parked: Option<String>,
}

impl OutboxEntry {
    /// A command that is not parked.
    pub fn new(
        id: Uuid,
        instance: Value,
        command: impl Into<String>,
        schema_version: u16,
        payload: Vec<u8>,
        due: Timestamp,
        origin: Vec<u8>,
    ) -> Self {
        Self {
            id,
            instance,
            command: command.into(),
            schema_version,
            payload,
            due,
            origin,
            parked: None,
        }
    }
}

impl fmt::Debug for OutboxEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboxEntry")
            .field("id", &self.id)
            .field("instance", &self.instance)
            .field("command", &self.command)
            .field("schema_version", &self.schema_version)
            .field("payload_bytes", &self.payload.len())
            .field("due", &self.due)
            .field("parked", &self.parked.is_some())
            .finish_non_exhaustive()
    }
}

/// Which entries of an outbox are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutboxQuery {
    /// Those that wait and are due at this time, in the order in which they are to be carried out.
    Due {
        /// The time.
        at: Timestamp,
        /// At most so many.
        limit: usize,
    },
    /// Those that are parked, in the order in which they were due.
    Parked {
        /// At most so many.
        limit: usize,
    },
}

/// How full an outbox is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutboxStatus {
    /// How many wait to be carried out, due or not.
    pub waiting: u64,
    /// When the first of them is due.
    pub next_due: Option<Timestamp>,
    /// How many are parked.
    pub parked: u64,
}

impl OutboxStatus {
    /// For stores: an answer.
    #[must_use]
    pub fn new(waiting: u64, next_due: Option<Timestamp>, parked: u64) -> Self {
        Self {
            waiting,
            next_due,
            parked,
        }
    }
}

/// What becomes of a parked entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resolution {
    /// It is carried out once more.
    Retry,
    /// It is removed.
    Discard,
}
