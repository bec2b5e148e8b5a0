//! What is handed to a store to keep, and its answer.

use std::fmt;
use std::sync::Arc;

use uuid::Uuid;
use xxhash_rust::xxh3::Xxh3;

use super::Immediate;
use crate::{Position, StreamName, Timestamp};

/// A 128-bit digest (XXH3) that tells whether two things are the same: two contents of one commit id, two schemas of one snapshot.
/// It guards against mistakes, not against forgers.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(u128);

impl Fingerprint {
    /// The digest of these parts; each part's end counts, so `["ab", "c"]` and `["a", "bc"]` differ.
    #[must_use]
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hash = Xxh3::new();
        for part in parts {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self(hash.digest128())
    }

    /// The 16 bytes to keep.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// From the 16 bytes that were kept.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// One event, ready to be appended. Its `Debug` shows the payload's length, never the payload.
#[derive(Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The event's own id, a UUID v7.
    pub id: Uuid,
    /// The stored type name.
    pub name: &'static str,
    /// The payload's schema version, from 1.
    pub schema_version: u16,
    /// The payload: JSON, in UTF-8.
    pub payload: Vec<u8>,
    /// The stored form of the metadata, see [`Metadata::encode`](crate::Metadata::encode); shared by the events of one commit.
    pub metadata: Arc<[u8]>,
}

impl fmt::Debug for NewEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEvent")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("schema_version", &self.schema_version)
            .field("payload_bytes", &self.payload.len())
            .finish_non_exhaustive()
    }
}

/// The events of a commit that go to one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamCommit {
    /// The stream.
    pub stream: StreamName,
    /// The version that the stream must have; 0: it must have no events.
    pub expected_version: u64,
    /// The events, in order. At least one.
    pub events: Vec<NewEvent>,
}

/// A state to keep beside its stream, so that the next load need not replay from the beginning. Its `Debug` shows the state's length.
#[derive(Clone, PartialEq, Eq)]
pub struct NewSnapshot {
    /// The stream whose state it is.
    pub stream: StreamName,
    /// The version that it was folded up to.
    pub version: u64,
    /// The schema that it was written with; a reader of another never sees it.
    pub fingerprint: Fingerprint,
    /// The state, as JSON in UTF-8.
    pub state: Vec<u8>,
}

impl fmt::Debug for NewSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSnapshot")
            .field("stream", &self.stream)
            .field("version", &self.version)
            .field("fingerprint", &self.fingerprint)
            .field("state_bytes", &self.state.len())
            .finish()
    }
}

/// What is appended together or not at all.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Commit {
    /// The commit's id: a UUID v7, or the command's own id. Unique and kept for ever.
    pub id: Uuid,
    /// Whether the id was made for this commit and is known to nobody else, as [`new_id`](Self::new_id) says.
    pub new_id: bool,
    /// What tells a repetition of this commit from another one under the same id.
    pub fingerprint: Fingerprint,
    /// When, by the app's clock.
    pub recorded_at: Timestamp,
    /// The streams, each named once. At least one.
    pub streams: Vec<StreamCommit>,
    /// A snapshot of the state after this commit. It is kept in the same transaction, or after it, or not at all: a store may lose it.
    pub snapshot: Option<NewSnapshot>,
    /// The read models that this program folds with every append. Of these, the store folds those that it was told to
    /// ([`ViewStore::make_immediate`](super::ViewStore::make_immediate)), in the same transaction.
    pub immediate: Arc<[Immediate]>,
}

impl Commit {
    /// A commit whose fingerprint is that of its content: streams, names, versions and payloads.
    #[must_use]
    pub fn new(id: Uuid, recorded_at: Timestamp, streams: Vec<StreamCommit>) -> Self {
        let mut parts: Vec<Vec<u8>> = Vec::new();
        for stream in &streams {
            parts.push(stream.stream.as_str().as_bytes().to_vec());
            for event in &stream.events {
                parts.push(event.name.as_bytes().to_vec());
                parts.push(event.schema_version.to_le_bytes().to_vec());
                parts.push(event.payload.clone());
            }
        }
        let fingerprint = Fingerprint::of(parts.iter().map(Vec::as_slice));
        Self {
            id,
            new_id: false,
            fingerprint,
            recorded_at,
            streams,
            snapshot: None,
            immediate: Arc::default(),
        }
    }

    /// A commit with a fingerprint of the caller's, such as that of the command it carries out.
    #[must_use]
    pub fn with_fingerprint(
        id: Uuid,
        fingerprint: Fingerprint,
        recorded_at: Timestamp,
        streams: Vec<StreamCommit>,
    ) -> Self {
        Self {
            id,
            new_id: false,
            fingerprint,
            recorded_at,
            streams,
            snapshot: None,
            immediate: Arc::default(),
        }
    }

    /// Says that the id was made for this commit, and that nobody else has it: no other commit comes under it, and this one comes again only
    /// where its answer was lost ([`AppendError::Unknown`](super::AppendError::Unknown)), with the same streams and expected versions, to the same
    /// store. Then a store has nothing to compare the id with beforehand, and may keep no index of it:
    /// [`find_commit`](super::EventStore::find_commit) of it is sure to find it only after such an answer. It is kept with the events in any case.
    #[must_use]
    pub fn new_id(mut self) -> Self {
        self.new_id = true;
        self
    }

    /// Adds a snapshot of the state after this commit.
    #[must_use]
    pub fn snapshot(mut self, snapshot: Option<NewSnapshot>) -> Self {
        self.snapshot = snapshot;
        self
    }

    /// Adds the read models that are folded with the append.
    #[must_use]
    pub fn immediate(mut self, immediate: Arc<[Immediate]>) -> Self {
        self.immediate = immediate;
        self
    }
}

/// What a commit did to one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamCommitted {
    /// The stream.
    pub stream: StreamName,
    /// Its version after the commit.
    pub version: u64,
    /// The position of the last event that the commit put into this stream.
    pub position: Position,
    /// How many events the commit put into this stream.
    pub events: u64,
}

/// What a commit did, in the order of its streams.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// A part for each stream.
    pub streams: Vec<StreamCommitted>,
}

/// What a store remembers of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitRecord {
    /// The fingerprint that it came with.
    pub fingerprint: Fingerprint,
    /// The answer that it got.
    pub committed: Committed,
}
