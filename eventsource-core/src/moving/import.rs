//! A log's way into another store.

use std::collections::{BTreeMap, HashSet};
use std::io::BufRead;
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use super::MoveError;
use super::line::{Line, Lines, Mark};
use super::source::{CommitKey, Moving, Source};
use crate::store::{
    Commit, EventStore, Fingerprint, NewEvent, ReadStream, RecordedEvent, StoreError,
    StoreErrorKind, StreamCommit,
};
use crate::{Position, StreamName};

/// At most so many events of unknown commits are put into one.
const COMMIT_EVENTS: usize = 1_000;

/// At most so many names of events can be read: each is kept for as long as the program runs.
const NAMES: usize = 65_536;

/// A log on its way into a store.
#[derive(Debug)]
pub struct Move<'s, S> {
    store: &'s S,
    wanted: Vec<Position>,
}

/// What was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Moved {
    /// How many events.
    pub events: u64,
    /// The digest of all of them, see [`Mark::chain`].
    pub chain: Fingerprint,
    /// Of each position that was asked for with [`Move::positions`], the one in the new store.
    pub positions: BTreeMap<Position, Position>,
}

impl<'s, S: EventStore> Move<'s, S> {
    /// Into this store, which is prepared and empty, or has the beginning of the same log from an interrupted move.
    #[must_use]
    pub fn to(store: &'s S) -> Self {
        Self {
            store,
            wanted: Vec::new(),
        }
    }

    /// Maps these positions of the old store: a reader that has seen everything up to the one there has seen everything up to the other here.
    #[must_use]
    pub fn positions(mut self, positions: impl IntoIterator<Item = Position>) -> Self {
        self.wanted.extend(positions);
        self
    }

    /// Takes the lines of an [`export`](super::export). It reads where it stands, as that does.
    ///
    /// # Errors
    ///
    /// When a line is not what it should be, the lines end too early, or the store does not take an event. All before is in the store then; begin
    /// again from the first line.
    pub async fn lines(self, from: impl BufRead + Send) -> Result<Moved, MoveError> {
        let mut import = Import::new(self).await?;
        let mut lines = Lines::new(from);
        while let Some(line) = lines.next()? {
            if let Line::Event(moving) = line {
                import.take(moving).await?;
            }
        }
        import.finish().await
    }

    /// Takes the log of another store.
    ///
    /// # Errors
    ///
    /// When a store fails, or this one does not take an event. All before is in it then; begin again.
    pub async fn log_of(self, from: &impl EventStore) -> Result<Moved, MoveError> {
        let mut import = Import::new(self).await?;
        let mut source = Source::behind(from, Position::START);
        loop {
            let page = source.next().await?;
            if page.is_empty() {
                return import.finish().await;
            }
            for moving in page {
                import.take(moving).await?;
            }
        }
    }
}

/// Where a position leads to: the last event at or below it.
type Place = Option<(StreamName, u64)>;

struct Import<'s, S> {
    store: &'s S,
    /// Whether there was something before.
    began_empty: bool,
    mark: Mark,
    /// Of the commit that is gathered.
    gathered: Vec<Moving>,
    /// In descending order.
    wanted: Vec<Position>,
    places: Vec<(Position, Place)>,
    last: Place,
}

impl<'s, S: EventStore> Import<'s, S> {
    async fn new(asked: Move<'s, S>) -> Result<Self, MoveError> {
        let mut wanted = asked.wanted;
        wanted.sort_unstable_by(|one, other| other.cmp(one));
        Ok(Self {
            began_empty: asked.store.head().await? == Position::START,
            store: asked.store,
            mark: Mark::default(),
            gathered: Vec::new(),
            wanted,
            places: Vec::new(),
            last: None,
        })
    }

    async fn take(&mut self, moving: Moving) -> Result<(), MoveError> {
        while let Some(wanted) = self.wanted.pop_if(|wanted| *wanted < moving.event.position) {
            self.places.push((wanted, self.last.clone()));
        }
        self.last = Some((moving.event.stream.clone(), moving.event.version));
        if !self.belongs(&moving) {
            self.append().await?;
        }
        self.mark = self.mark.behind(&moving);
        self.gathered.push(moving);
        Ok(())
    }

    /// Whether the event goes with those that are gathered.
    fn belongs(&self, moving: &Moving) -> bool {
        let Some(last) = self.gathered.last() else {
            return true;
        };
        if last.commit.is_some() || moving.commit.is_some() {
            return last.commit == moving.commit;
        }
        let (one, other) = (&last.event, &moving.event);
        let comes_again = one.stream != other.stream
            && self
                .gathered
                .iter()
                .any(|it| it.event.stream == other.stream);
        one.recorded_at == other.recorded_at
            && one.metadata == other.metadata
            && !comes_again
            && self.gathered.len() < COMMIT_EVENTS
    }

    async fn append(&mut self) -> Result<(), MoveError> {
        let gathered = std::mem::take(&mut self.gathered);
        let Some(first) = gathered.first() else {
            return Ok(());
        };
        let (stream, version) = (first.event.stream.to_string(), first.event.version);
        let commit = commit(gathered)?;
        if self.mark.events > 0 && !self.began_empty {
            // Only the first commit of all tells whether it is the same log.
            if self.store.find_commit(commit.id).await?.is_none() && self.is_first(&commit) {
                return Err(MoveError::NotEmpty);
            }
            self.began_empty = true;
        }
        let appended = self.store.append(commit).await;
        appended.map(|_| ()).map_err(|source| MoveError::Append {
            stream,
            version,
            source,
        })
    }

    fn is_first(&self, commit: &Commit) -> bool {
        let events: usize = commit.streams.iter().map(|part| part.events.len()).sum();
        self.mark.events == events as u64
    }

    async fn finish(mut self) -> Result<Moved, MoveError> {
        self.append().await?;
        while let Some(wanted) = self.wanted.pop() {
            self.places.push((wanted, self.last.clone()));
        }
        let mut positions = BTreeMap::new();
        for (wanted, place) in std::mem::take(&mut self.places) {
            positions.insert(wanted, self.position_of(place).await?);
        }
        Ok(Moved {
            events: self.mark.events,
            chain: self.mark.chain,
            positions,
        })
    }

    /// The position of an event in the new store.
    async fn position_of(&self, place: Place) -> Result<Position, StoreError> {
        let Some((stream, version)) = place else {
            return Ok(Position::START);
        };
        let read = ReadStream::new(stream.clone()).from(version).to(version);
        let found: Vec<RecordedEvent> = self.store.read_stream(read, Vec::new()).await?;
        found.first().map(|event| event.position).ok_or_else(|| {
            StoreError::new(
                StoreErrorKind::Corrupt,
                "the store that a log was moved to",
                format!("stream {stream} lacks version {version}, which was appended: move it again into an empty store"),
            )
        })
    }
}

/// The gathered events as a commit that is the same whenever it is made.
fn commit(gathered: Vec<Moving>) -> Result<Commit, MoveError> {
    let key = gathered.first().and_then(|first| first.commit);
    let first_id = gathered.first().map(|first| first.event.event_id);
    let recorded_at = gathered.iter().map(|moving| moving.event.recorded_at).min();
    let mut streams: Vec<StreamCommit> = Vec::new();
    for moving in gathered {
        let event = moving.event;
        let new = NewEvent {
            id: event.event_id,
            name: kept_name(&event.name)?,
            schema_version: event.schema_version,
            payload: event.payload,
            metadata: event.metadata,
        };
        match streams.iter_mut().find(|part| part.stream == event.stream) {
            Some(part) => part.events.push(new),
            None => streams.push(StreamCommit {
                stream: event.stream,
                expected_version: event.version.saturating_sub(1),
                events: vec![new],
            }),
        }
    }
    let recorded_at = recorded_at.unwrap_or_default();
    Ok(match key {
        Some(CommitKey { id, fingerprint }) => {
            Commit::with_fingerprint(id, fingerprint, recorded_at, streams)
        }
        None => Commit::new(id_of(first_id.unwrap_or_default()), recorded_at, streams),
    })
}

/// An id that nobody else gives, and that is the same each time: a UUID of version 8 from the id of the commit's first event.
fn id_of(first_event: Uuid) -> Uuid {
    let digest = Fingerprint::of([&b"eventsource: a moved commit"[..], first_event.as_bytes()]);
    uuid::Builder::from_custom_bytes(digest.to_bytes()).into_uuid()
}

/// The name, kept once for as long as the program runs: names are those of types, of which there are few.
fn kept_name(name: &str) -> Result<&'static str, MoveError> {
    static NAMES_KEPT: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let mut kept = NAMES_KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = kept.get_or_insert_default();
    if let Some(name) = kept.get(name) {
        return Ok(name);
    }
    if kept.len() >= NAMES {
        return Err(MoveError::Store(StoreError::new(
            StoreErrorKind::TooLarge,
            "the log that is moved",
            format!(
                "it has more than {NAMES} names of events: they are names of types, of which a program has few"
            ),
        )));
    }
    let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
    kept.insert(name);
    Ok(name)
}
