//! An event as a store keeps it.

use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

use crate::{Position, StreamName, Timestamp};

/// A stored event, borrowed from wherever the store has it. Its `Debug` shows the payload's length, never the payload.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Recorded<'a> {
    /// Its place in the whole log.
    pub position: Position,
    /// Its place among the events that share the position, from 0.
    pub index: u32,
    /// The stream, as `category-id`.
    pub stream: &'a str,
    /// Its place in the stream, from 1.
    pub version: u64,
    /// The event's own id.
    pub event_id: Uuid,
    /// The stored type name.
    pub name: &'a str,
    /// The payload's schema version, from 1.
    pub schema_version: u16,
    /// When it was recorded; never decreases within a stream.
    pub recorded_at: Timestamp,
    /// The payload: JSON, in UTF-8.
    pub payload: &'a [u8],
    /// The stored form of the metadata.
    pub metadata: &'a [u8],
}

impl fmt::Debug for Recorded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorded")
            .field("position", &self.position)
            .field("index", &self.index)
            .field("stream", &self.stream)
            .field("version", &self.version)
            .field("event_id", &self.event_id)
            .field("name", &self.name)
            .field("schema_version", &self.schema_version)
            .field("recorded_at", &self.recorded_at)
            .field("payload_bytes", &self.payload.len())
            .finish_non_exhaustive()
    }
}

/// A stored event with parts of its own. Its `Debug` shows the payload's length, never the payload.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Its place in the whole log.
    pub position: Position,
    /// Its place among the events that share the position, from 0.
    pub index: u32,
    /// The stream.
    pub stream: StreamName,
    /// Its place in the stream, from 1.
    pub version: u64,
    /// The event's own id.
    pub event_id: Uuid,
    /// The stored type name.
    pub name: Arc<str>,
    /// The payload's schema version, from 1.
    pub schema_version: u16,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The payload: JSON, in UTF-8.
    pub payload: Vec<u8>,
    /// The stored form of the metadata.
    pub metadata: Arc<[u8]>,
}

impl RecordedEvent {
    /// The same event, borrowed.
    #[must_use]
    pub fn borrow(&self) -> Recorded<'_> {
        Recorded {
            position: self.position,
            index: self.index,
            stream: self.stream.as_str(),
            version: self.version,
            event_id: self.event_id,
            name: &self.name,
            schema_version: self.schema_version,
            recorded_at: self.recorded_at,
            payload: &self.payload,
            metadata: &self.metadata,
        }
    }
}

impl fmt::Debug for RecordedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.borrow(), f)
    }
}

impl TryFrom<&Recorded<'_>> for RecordedEvent {
    type Error = crate::NameError;

    fn try_from(event: &Recorded<'_>) -> Result<Self, Self::Error> {
        Ok(Self {
            position: event.position,
            index: event.index,
            stream: StreamName::parse(event.stream)?,
            version: event.version,
            event_id: event.event_id,
            name: event.name.into(),
            schema_version: event.schema_version,
            recorded_at: event.recorded_at,
            payload: event.payload.to_vec(),
            metadata: event.metadata.into(),
        })
    }
}
