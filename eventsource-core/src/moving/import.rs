//! A log's way into another store.

use std::collections::{BTreeMap, HashSet};
use std::io::BufRead;
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use super::MoveError;
use super::line::{Line, Lines, Mark};
use super::places::up_to;
use super::source::{CommitKey, Moving, Source};
use crate::store::{
    Commit, EventStore, Fingerprint, NewEvent, ReadStream, RecordedEvent, StoreError,
    StoreErrorKind, StreamCommit,
};
use crate::{Position, StreamName};

/// At most so many events of unknown commits are put into one.
const COMMIT_EVENTS: usize = 1_000;

/// And about so many bytes of them: stores have a largest message, some of 1 MB.
const COMMIT_BYTES: usize = 256 * 1024;

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
    /// Whether what comes next may be in the store already.
    resuming: bool,
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
            resuming: asked.store.head().await? > Position::START,
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
            && self.gathered.iter().map(bytes).sum::<usize>() + bytes(moving) <= COMMIT_BYTES
    }

    async fn append(&mut self) -> Result<(), MoveError> {
        let mut gathered = std::mem::take(&mut self.gathered);
        if self.resuming {
            let is_first = self.mark.events == gathered.len() as u64;
            self.resuming = self.leave_out(&mut gathered).await?;
            if is_first && !self.resuming && !gathered.is_empty() {
                return Err(MoveError::NotEmpty);
            }
        }
        let Some(first) = gathered.first() else {
            return Ok(());
        };
        let (stream, version) = (first.event.stream.to_string(), first.event.version);
        let appended = self.store.append(commit(gathered)?).await;
        appended.map(|_| ()).map_err(|source| MoveError::Append {
            stream,
            version,
            source,
        })
    }

    /// Leaves out what an interrupted move has appended; `true` where there was something. A commit of unknown id may have been gathered otherwise
    /// then, as when the log has grown since, so its events are looked for one by one.
    async fn leave_out(&self, gathered: &mut Vec<Moving>) -> Result<bool, StoreError> {
        let Some(first) = gathered.first() else {
            return Ok(false);
        };
        if let Some(CommitKey { id, .. }) = first.commit {
            // The store answers it as it did at first.
            return Ok(self.store.find_commit(id).await?.is_some());
        }
        let mut stretches: BTreeMap<StreamName, (u64, u64)> = BTreeMap::new();
        for Moving { event, .. } in &*gathered {
            let stretch = stretches
                .entry(event.stream.clone())
                .or_insert((event.version, event.version));
            stretch.1 = event.version;
        }
        let mut there = HashSet::new();
        for (stream, (first, last)) in stretches {
            let read = ReadStream::new(stream).from(first).to(last);
            let found: Vec<RecordedEvent> = self.store.read_stream(read, Vec::new()).await?;
            there.extend(found.into_iter().map(|event| event.event_id));
        }
        let before = gathered.len();
        gathered.retain(|moving| !there.contains(&moving.event.event_id));
        Ok(gathered.len() < before)
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

    /// How far who has seen this event, and nothing behind it, has come in the new store.
    async fn position_of(&self, place: Place) -> Result<Position, StoreError> {
        let Some((stream, version)) = place else {
            return Ok(Position::START);
        };
        let read = ReadStream::new(stream.clone()).from(version).to(version);
        let found: Vec<RecordedEvent> = self.store.read_stream(read, Vec::new()).await?;
        let Some(event) = found.first() else {
            return Err(StoreError::new(
                StoreErrorKind::Corrupt,
                "the store that a log was moved to",
                format!(
                    "stream {stream} lacks version {version}, which was appended: move it again into an empty store"
                ),
            ));
        };
        Ok(up_to(self.store, event).await?.0)
    }
}

fn bytes(moving: &Moving) -> usize {
    let event = &moving.event;
    event.payload.len() + event.metadata.len() + event.name.len()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MemoryStore, Timestamp};

    fn moving(version: u64, payload: usize) -> Moving {
        let event = RecordedEvent {
            position: Position::from_raw(version),
            index: 0,
            stream: StreamName::new("account", "1").unwrap(),
            version,
            event_id: Uuid::from_u128(version.into()),
            name: "account.noted".into(),
            schema_version: 1,
            recorded_at: Timestamp::from_micros(0),
            payload: vec![b' '; payload],
            metadata: Vec::new().into(),
        };
        Moving {
            event,
            commit: None,
        }
    }

    #[tokio::test]
    async fn what_is_put_together_is_bounded_by_its_bytes_too() {
        let store = MemoryStore::new();
        let mut import = Import::new(Move::to(&store)).await.unwrap();
        for version in 1..=40 {
            import.take(moving(version, 20_000)).await.unwrap();
            let gathered: usize = import.gathered.iter().map(bytes).sum();
            assert!(gathered <= COMMIT_BYTES, "{gathered}");
        }
        // One that is larger by itself goes by itself.
        import.take(moving(41, 2 * COMMIT_BYTES)).await.unwrap();
        assert_eq!(import.gathered.len(), 1);
        assert_eq!(import.finish().await.unwrap().events, 41);
    }
}
