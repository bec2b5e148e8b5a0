//! Reading the log that is moved, page by page.

use std::ops::ControlFlow;

use uuid::Uuid;

use crate::store::{
    CommitRecord, EventStore, Fingerprint, ReadLog, Recorded, RecordedEvent, StoreError,
    StoreErrorKind, Visitor,
};
use crate::{Metadata, Position};

/// At most so many events are in memory.
const PAGE_EVENTS: usize = 1_000;

/// About so many bytes of payloads are in memory.
const PAGE_BYTES: usize = 16 * 1024 * 1024;

/// What a commit is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CommitKey {
    pub(super) id: Uuid,
    pub(super) fingerprint: Fingerprint,
}

/// An event on its way, with its commit where that goes on to be known.
#[derive(Debug, Clone)]
pub(super) struct Moving {
    pub(super) event: RecordedEvent,
    pub(super) commit: Option<CommitKey>,
}

/// Events, until they are many or large; those of one position stay together.
#[derive(Default)]
struct Page {
    events: Vec<RecordedEvent>,
    bytes: usize,
    /// One has a stream's name that is none.
    unreadable: Option<Position>,
}

impl Visitor for Page {
    fn event(&mut self, event: &Recorded<'_>) -> ControlFlow<()> {
        let last = self.events.last().map(|last| last.position);
        if self.bytes > PAGE_BYTES && last != Some(event.position) {
            return ControlFlow::Break(());
        }
        self.bytes += event.payload.len() + event.metadata.len();
        if let Ok(event) = RecordedEvent::try_from(event) {
            self.events.push(event);
            ControlFlow::Continue(())
        } else {
            self.unreadable = Some(event.position);
            ControlFlow::Break(())
        }
    }
}

/// A store's log, from some position on.
pub(super) struct Source<'s, S> {
    store: &'s S,
    cursor: Position,
    /// What was looked up last.
    last: Option<(Uuid, Option<CommitRecord>)>,
}

impl<'s, S: EventStore> Source<'s, S> {
    pub(super) fn behind(store: &'s S, position: Position) -> Self {
        Self {
            store,
            cursor: position,
            last: None,
        }
    }

    /// The next events; none at the log's end.
    pub(super) async fn next(&mut self) -> Result<Vec<Moving>, StoreError> {
        let read = ReadLog::after(self.cursor).limit(PAGE_EVENTS);
        let page = self.store.read_log(read, Page::default()).await?;
        if let Some(position) = page.unreadable {
            return Err(StoreError::new(
                StoreErrorKind::Corrupt,
                "the log that is moved",
                format!("the event at position {position} is in a stream without a valid name"),
            ));
        }
        let mut moving = Vec::with_capacity(page.events.len());
        for event in page.events {
            self.cursor = event.position;
            let commit = self.commit_of(&event).await?;
            moving.push(Moving { event, commit });
        }
        Ok(moving)
    }

    /// The commit of a command that was given an id: the store knows it under that id.
    async fn commit_of(&mut self, event: &RecordedEvent) -> Result<Option<CommitKey>, StoreError> {
        let metadata = Metadata::decode(&event.metadata).unwrap_or_default();
        let Some(id) = metadata.command_id else {
            return Ok(None);
        };
        if self.last.as_ref().is_none_or(|(last, _)| *last != id) {
            self.last = Some((id, self.store.find_commit(id).await?));
        }
        let record = self.last.as_ref().and_then(|(_, record)| record.as_ref());
        // Whoever writes events by hand may have put another one's id on them.
        let ours = record.filter(|record| {
            record.committed.streams.iter().any(|part| {
                let first = part.version.saturating_sub(part.events);
                part.stream == event.stream
                    && event.version > first
                    && event.version <= part.version
            })
        });
        Ok(ours.map(|record| CommitKey {
            id,
            fingerprint: record.fingerprint,
        }))
    }
}
