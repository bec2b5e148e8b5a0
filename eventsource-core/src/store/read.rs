//! What is asked of a store, and who is shown the answer.

use std::ops::ControlFlow;

use super::{Fingerprint, Recorded};
use crate::{Position, StreamName};

/// The order in which events are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Oldest first.
    #[default]
    Forward,
    /// Newest first.
    Backward,
}

/// How much of each event is needed. What is not needed need not be read: of a long stream that is a third of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Detail {
    /// All of it.
    #[default]
    Whole,
    /// What a state is folded from: stream, version, name, schema version and payload. A store may fill in the rest as it likes.
    Payload,
}

/// Which events of one stream are to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadStream {
    /// The stream.
    pub stream: StreamName,
    /// The lowest version, from 1.
    pub from: u64,
    /// The highest version.
    pub to: u64,
    /// The order.
    pub direction: Direction,
    /// At most so many events.
    pub limit: usize,
    /// The schema of the snapshot to begin from; `None` reads no snapshot. Forward reads from version 1 only.
    pub snapshot: Option<Fingerprint>,
    /// How much of each event is needed.
    pub detail: Detail,
}

impl ReadStream {
    /// All events of the stream, oldest first.
    #[must_use]
    pub fn new(stream: StreamName) -> Self {
        Self {
            stream,
            from: 1,
            to: u64::MAX,
            direction: Direction::Forward,
            limit: usize::MAX,
            snapshot: None,
            detail: Detail::Whole,
        }
    }

    /// Leaves out the events below this version.
    #[must_use]
    pub fn from(mut self, version: u64) -> Self {
        self.from = version;
        self
    }

    /// Leaves out the events above this version.
    #[must_use]
    pub fn to(mut self, version: u64) -> Self {
        self.to = version;
        self
    }

    /// Newest first.
    #[must_use]
    pub fn backward(mut self) -> Self {
        self.direction = Direction::Backward;
        self
    }

    /// At most so many events.
    #[must_use]
    pub fn limit(mut self, events: usize) -> Self {
        self.limit = events;
        self
    }

    /// Needs no more of each event than a state is folded from, see [`Detail::Payload`].
    #[must_use]
    pub fn payloads(mut self) -> Self {
        self.detail = Detail::Payload;
        self
    }

    /// Begins from a snapshot of this schema where there is one.
    #[must_use]
    pub fn snapshot(mut self, fingerprint: Option<Fingerprint>) -> Self {
        self.snapshot = fingerprint;
        self
    }
}

/// Which events of the whole log are to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadLog {
    /// Forward: only events above it. Backward: only events below it.
    pub cursor: Position,
    /// The order.
    pub direction: Direction,
    /// At most so many events, and those that share the last one's position.
    pub limit: usize,
}

impl ReadLog {
    /// Events above `position`, oldest first.
    #[must_use]
    pub fn after(position: Position) -> Self {
        Self {
            cursor: position,
            direction: Direction::Forward,
            limit: usize::MAX,
        }
    }

    /// Events below `position`, newest first.
    #[must_use]
    pub fn before(position: Position) -> Self {
        Self {
            cursor: position,
            direction: Direction::Backward,
            limit: usize::MAX,
        }
    }

    /// At most so many events, and those that share the last one's position.
    #[must_use]
    pub fn limit(mut self, events: usize) -> Self {
        self.limit = events;
        self
    }
}

/// A kept state, borrowed from wherever the store has it.
#[derive(Clone, Copy)]
pub struct SnapshotRef<'a> {
    /// The version that it was folded up to.
    pub version: u64,
    /// The position of the event at that version.
    pub position: Position,
    /// The state, as it was handed in.
    pub state: &'a [u8],
}

/// Who is shown events. It travels to where the events are and comes back, so it owns what it gathers.
pub trait Visitor: Send + 'static {
    /// Is shown the snapshot that the read asked for; `true` takes it, `false` reads from the beginning.
    fn snapshot(&mut self, snapshot: SnapshotRef<'_>) -> bool {
        let _ = snapshot;
        false
    }

    /// Is shown one event; `Break` ends the reading.
    fn event(&mut self, event: &Recorded<'_>) -> ControlFlow<()>;
}

impl Visitor for Vec<super::RecordedEvent> {
    fn event(&mut self, event: &Recorded<'_>) -> ControlFlow<()> {
        match super::RecordedEvent::try_from(event) {
            Ok(event) => {
                self.push(event);
                ControlFlow::Continue(())
            }
            // A store that shows a stream without a valid name has broken its promise; the suite finds it by what is missing.
            Err(_) => ControlFlow::Break(()),
        }
    }
}
