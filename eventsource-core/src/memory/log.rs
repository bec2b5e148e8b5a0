//! The log itself: entries in order, an index by stream, and what is known of each commit.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use uuid::Uuid;

use super::failure;
use super::pages::{Pages, Taken};
use crate::store::{
    AppendError, Commit, CommitRecord, Committed, Direction, Fingerprint, NewEvent, NewSnapshot,
    ReadLog, ReadStream, Recorded, StoreErrorKind, StreamCommitted,
};
use crate::{Position, StreamName, Timestamp};

/// One event as it is kept.
pub(super) struct Entry {
    position: Position,
    stream: StreamName,
    version: u64,
    recorded_at: Timestamp,
    event: NewEvent,
}

impl Entry {
    pub(super) fn recorded(&self) -> Recorded<'_> {
        Recorded {
            position: self.position,
            index: 0,
            stream: self.stream.as_str(),
            version: self.version,
            event_id: self.event.id,
            name: self.event.name,
            schema_version: self.event.schema_version,
            recorded_at: self.recorded_at,
            payload: &self.event.payload,
            metadata: &self.event.metadata,
        }
    }
}

#[derive(Default)]
struct Stream {
    entries: Vec<Arc<Entry>>,
    snapshots: HashMap<Fingerprint, BTreeMap<u64, Arc<NewSnapshot>>>,
}

/// Everything that was ever appended.
#[derive(Default)]
pub(super) struct Log {
    entries: Pages,
    streams: HashMap<StreamName, Stream>,
    commits: HashMap<Uuid, CommitRecord>,
    types: BTreeSet<(&'static str, u16)>,
}

/// A commit that nothing stands in the way of.
pub(super) struct Prepared {
    id: Uuid,
    fingerprint: Fingerprint,
    committed: Committed,
    pub(super) entries: Vec<Arc<Entry>>,
    snapshot: Option<NewSnapshot>,
}

impl Log {
    /// What the commit would write, `Err` with the reason why not, or `Ok(Err(…))` with the answer of its first time.
    pub(super) fn prepare(
        &self,
        commit: Commit,
    ) -> Result<Result<Prepared, Committed>, AppendError> {
        commit
            .check()
            .map_err(|broken| failure(StoreErrorKind::Invalid, broken.to_string()))?;
        if let Some(record) = self.commits.get(&commit.id) {
            return if record.fingerprint == commit.fingerprint {
                Ok(Err(record.committed.clone()))
            } else {
                Err(AppendError::CommitIdReused {
                    commit_id: commit.id,
                })
            };
        }
        for part in &commit.streams {
            let actual = self.version(&part.stream);
            if actual != part.expected_version {
                return Err(AppendError::Conflict {
                    stream: part.stream.clone(),
                    expected: part.expected_version,
                    actual,
                });
            }
        }
        let mut entries = Vec::new();
        let mut streams = Vec::with_capacity(commit.streams.len());
        let mut position = number(self.entries.len());
        for part in commit.streams {
            let mut version = part.expected_version;
            let last = self.streams.get(&part.stream);
            let last = last.and_then(|stream| stream.entries.last());
            let recorded_at = last.map_or(commit.recorded_at, |last| {
                last.recorded_at.max(commit.recorded_at)
            });
            let events = number(part.events.len());
            for event in part.events {
                position += 1;
                version += 1;
                entries.push(Arc::new(Entry {
                    position: Position::from_raw(position),
                    stream: part.stream.clone(),
                    version,
                    recorded_at,
                    event,
                }));
            }
            streams.push(StreamCommitted {
                version,
                stream: part.stream,
                position: Position::from_raw(position),
                events,
            });
        }
        Ok(Ok(Prepared {
            id: commit.id,
            fingerprint: commit.fingerprint,
            committed: Committed { streams },
            entries,
            snapshot: commit.snapshot,
        }))
    }

    /// Writes what was prepared on this very log. It cannot fail: a commit is written whole.
    pub(super) fn write(&mut self, prepared: Prepared) -> Committed {
        for entry in prepared.entries {
            let event = &entry.event;
            self.types.insert((event.name, event.schema_version));
            let stream = self.streams.entry(entry.stream.clone()).or_default();
            stream.entries.push(Arc::clone(&entry));
            self.entries.push(entry);
        }
        if let Some(snapshot) = prepared.snapshot
            && let Some(stream) = self.streams.get_mut(&snapshot.stream)
        {
            stream
                .snapshots
                .entry(snapshot.fingerprint)
                .or_default()
                .insert(snapshot.version, Arc::new(snapshot));
        }
        self.commits.insert(
            prepared.id,
            CommitRecord {
                fingerprint: prepared.fingerprint,
                committed: prepared.committed.clone(),
            },
        );
        prepared.committed
    }

    pub(super) fn commit(&self, id: Uuid) -> Option<&CommitRecord> {
        self.commits.get(&id)
    }

    pub(super) fn head(&self) -> Position {
        Position::from_raw(number(self.entries.len()))
    }

    pub(super) fn types(&self) -> Vec<(String, u16)> {
        self.types
            .iter()
            .map(|&(name, version)| (name.to_owned(), version))
            .collect()
    }

    fn version(&self, stream: &StreamName) -> u64 {
        self.streams
            .get(stream)
            .map_or(0, |stream| number(stream.entries.len()))
    }

    /// The snapshot that a read begins from, and the position of the event that it reaches to.
    pub(super) fn snapshot(&self, read: &ReadStream) -> Option<(Arc<NewSnapshot>, Position)> {
        if read.from > 1 || read.direction == Direction::Backward {
            return None;
        }
        let stream = self.streams.get(&read.stream)?;
        let kept = stream.snapshots.get(&read.snapshot?)?;
        let (&version, snapshot) = kept.range(..=read.to).next_back()?;
        let last = stream.entries.get(place(version).checked_sub(1)?)?;
        Some((Arc::clone(snapshot), last.position))
    }

    /// The places, in its stream, of the events that a read asks for.
    pub(super) fn in_stream(&self, read: &ReadStream, from: u64) -> Range<usize> {
        let end = place(self.version(&read.stream).min(read.to));
        place(from.saturating_sub(1)).min(end)..end
    }

    /// The places, in the log, of the events that a read asks for.
    pub(super) fn in_log(&self, read: &ReadLog) -> Range<usize> {
        let length = self.entries.len();
        let cursor = place(read.cursor.as_raw());
        match read.direction {
            Direction::Forward => cursor.min(length)..length,
            Direction::Backward => 0..cursor.saturating_sub(1).min(length),
        }
    }

    /// What stands behind a position, page by page.
    pub(super) fn after(&self, position: Position) -> impl Iterator<Item = &[Arc<Entry>]> {
        self.entries.after(place(position.as_raw()))
    }

    /// What stands at these places, all of one page.
    pub(super) fn take(&self, range: Range<usize>) -> Taken {
        self.entries.take(range)
    }

    pub(super) fn take_stream(&self, stream: &StreamName, range: Range<usize>) -> Taken {
        let stream = self.streams.get(stream);
        let entries = stream.and_then(|stream| stream.entries.get(range));
        Taken::of(entries.unwrap_or_default())
    }
}

/// A length as a version or position.
fn number(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// A version or position as a length.
fn place(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Some entry of this position.
#[cfg(test)]
pub(super) fn entry_at(position: u64) -> Arc<Entry> {
    Arc::new(Entry {
        position: Position::from_raw(position),
        stream: StreamName::new("account", "1").expect("it is a name"),
        version: position,
        recorded_at: Timestamp::now(),
        event: NewEvent {
            id: Uuid::now_v7(),
            name: "opened",
            schema_version: 1,
            payload: Vec::new(),
            metadata: Arc::from([]),
        },
    })
}
