//! The whole log, read with today's code.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::{App, AppError};
use crate::Position;
use crate::event::{DecodeError, EventStatus, EventType, Stored};
use crate::registry::Registry;
use crate::runner::Declarations;
use crate::store::{EventStore, ReadLog, Recorded, StoreError, Visitor};

/// At most so many failures are kept, the first of each part of the log; the rest are counted.
const FAILURES: usize = 1_000;

/// How many events are read between two looks at whether the app is shut down.
const PAGE_EVENTS: usize = 16_384;

/// A stored event that today's code does not read.
#[derive(Debug)]
#[non_exhaustive]
pub struct VerifyFailure {
    /// Its place in the whole log.
    pub position: Position,
    /// Its stream.
    pub stream: String,
    /// Its place in the stream, from 1.
    pub stream_version: u64,
    /// Why it is not read; it names the event, its schema version and the field.
    pub error: DecodeError,
}

impl fmt::Display for VerifyFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "stream {} version {}: {}",
            self.stream, self.stream_version, self.error
        )
    }
}

/// A name and schema version in the log that nothing declares, and where it stands first.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Undeclared {
    /// How many events there are of it.
    pub events: u64,
    /// The first one's place in the whole log.
    pub position: Position,
    /// The first one's stream.
    pub stream: String,
    /// The first one's place in its stream, from 1.
    pub stream_version: u64,
    /// Whether the program passes it over: its name is one of [`allow_unknown`](super::AppBuilder::allow_unknown).
    pub is_allowed: bool,
}

/// What [`App::verify`] found.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Verification {
    /// How many events were read.
    pub events: u64,
    /// How many there are of each stored name and schema version.
    pub counts: BTreeMap<(String, u16), u64>,
    /// What nothing declares, what the program passes over among it.
    pub undeclared: BTreeMap<(String, u16), Undeclared>,
    /// How many events cannot be read.
    pub failed: u64,
    /// Those of them that were met first, at most 1,000, by position.
    pub failures: Vec<VerifyFailure>,
    /// Declared names and older versions that no stored event needs any more: their upcasts can go, once the lock is rewritten.
    pub unneeded: BTreeSet<(String, u16)>,
}

impl Verification {
    /// Whether today's code reads every stored event, but for what it is allowed to pass over.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.failed == 0 && self.undeclared.values().all(|found| found.is_allowed)
    }

    fn take(&mut self, other: Self) {
        self.events += other.events;
        self.failed += other.failed;
        self.failures.extend(other.failures);
        for (key, count) in other.counts {
            *self.counts.entry(key).or_default() += count;
        }
        for (key, found) in other.undeclared {
            let known = self.undeclared.entry(key).or_insert_with(|| Undeclared {
                events: 0,
                ..found.clone()
            });
            known.events += found.events;
            if found.position < known.position {
                *known = Undeclared {
                    events: known.events,
                    ..found
                };
            }
        }
    }

    fn finish(mut self, registry: &Registry) -> Self {
        self.failures.sort_by_key(|failure| failure.position);
        self.failures.truncate(FAILURES);
        for event in registry.events() {
            for name in event.names() {
                let written = name == event.name && matches!(event.status, EventStatus::Current);
                for version in 1..=event.version {
                    let key = (name.to_owned(), version);
                    let is_current = written && version == event.version;
                    if !is_current && !self.counts.contains_key(&key) {
                        self.unneeded.insert(key);
                    }
                }
            }
        }
        self
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} events", self.events)?;
        for ((name, version), count) in &self.counts {
            write!(f, "\n  {name} version {version}: {count}")?;
        }
        for ((name, version), found) in &self.undeclared {
            let allowed = if found.is_allowed {
                " and passed over"
            } else {
                ""
            };
            write!(
                f,
                "\nundeclared{allowed}: {name} version {version}, {} events, the first in stream {} at version {}",
                found.events, found.stream, found.stream_version
            )?;
        }
        if self.failed > 0 {
            write!(f, "\n{} cannot be read", self.failed)?;
        }
        for failure in &self.failures {
            write!(f, "\n  {failure}")?;
        }
        for (name, version) in &self.unneeded {
            write!(f, "\nno stored event needs {name} version {version}")?;
        }
        Ok(())
    }
}

impl<S: EventStore> App<S> {
    /// Reads the whole log with today's code, in parallel, and writes nothing: what cannot be read, what nothing declares, how much there
    /// is of each type and version, and which versions no stored event needs any more.
    ///
    /// Run it against a copy of real data before a release, or beside the running program: it takes a reader of the store for each core.
    ///
    /// ```no_run
    /// # async fn verify(app: eventsource_core::App<eventsource_core::MemoryStore>) -> Result<(), Box<dyn std::error::Error>> {
    /// let found = app.verify().await?;
    /// println!("{found}");
    /// assert!(found.is_sound());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When the store cannot be read, or the app is shut down meanwhile. What cannot be decoded is no error: it is what is looked for.
    pub async fn verify(&self) -> Result<Verification, AppError> {
        if self.inner.is_shut_down() {
            return Err(AppError::ShutDown);
        }
        let inner = Arc::clone(&self.inner);
        let is_over = move || inner.is_shut_down().then_some(AppError::ShutDown);
        verify(&self.inner.store, &self.inner.declarations, is_over).await
    }
}

/// Reads the whole log, until it is over.
pub(super) async fn verify<S: EventStore, E>(
    store: &Arc<S>,
    declarations: &Arc<Declarations>,
    is_over: impl Fn() -> Option<E> + Clone + Send + Sync + 'static,
) -> Result<Verification, E>
where
    E: From<StoreError> + Send + 'static,
{
    let head = store.head().await?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut parts = JoinSet::new();
    for (from, to) in parts_of(head, cores) {
        let part = Part {
            store: Arc::clone(store),
            is_over: is_over.clone(),
        };
        let visitor = Decoding::new(Arc::clone(declarations), from, to);
        parts.spawn(part.read(visitor));
    }
    let mut whole = Verification::default();
    while let Some(part) = parts.join_next().await {
        match part {
            Ok(part) => whole.take(part?),
            Err(failed) => {
                if let Ok(panic) = failed.try_into_panic() {
                    std::panic::resume_unwind(panic);
                }
            }
        }
    }
    Ok(whole.finish(&declarations.registry))
}

/// A stretch of the log.
struct Part<S, F> {
    store: Arc<S>,
    is_over: F,
}

impl<S: EventStore, F> Part<S, F> {
    async fn read<E: From<StoreError>>(self, mut visitor: Decoding) -> Result<Verification, E>
    where
        F: Fn() -> Option<E>,
    {
        while !visitor.done {
            if let Some(error) = (self.is_over)() {
                return Err(error);
            }
            visitor.done = true;
            let read = ReadLog::after(visitor.last).limit(PAGE_EVENTS);
            visitor = self.store.read_log(read, visitor).await?;
        }
        Ok(visitor.finish())
    }
}

/// Stretches of about the same length; the first begins at the log's start, the last ends at its head.
fn parts_of(head: Position, parts: usize) -> Vec<(Position, Position)> {
    let parts = u64::try_from(parts).unwrap_or(1).max(1);
    let end = |part: u64| {
        let part = u128::from(head.as_raw()) * u128::from(part) / u128::from(parts);
        Position::from_raw(u64::try_from(part).unwrap_or(u64::MAX))
    };
    (0..parts)
        .map(|part| (end(part), end(part + 1)))
        .filter(|(from, to)| from < to)
        .collect()
}

/// How many events of one type there are, by schema version from 1.
struct Counted {
    event: &'static EventType,
    name: &'static str,
    counts: Vec<u64>,
    /// The type that came behind it last time: events of few types often take turns.
    next: usize,
}

/// Decodes what it is shown, and keeps nothing of it.
struct Decoding {
    declarations: Arc<Declarations>,
    /// By name.
    places: HashMap<&'static str, usize>,
    counted: Vec<Counted>,
    /// The type that was met last.
    current: usize,
    found: Verification,
    last: Position,
    to: Position,
    done: bool,
}

impl Decoding {
    fn new(declarations: Arc<Declarations>, from: Position, to: Position) -> Self {
        let mut counted = Vec::new();
        let mut places = HashMap::new();
        for event in declarations.registry.events() {
            for name in event.names() {
                places.insert(name, counted.len());
                counted.push(Counted {
                    event,
                    name,
                    counts: vec![0; usize::from(event.version)],
                    next: 0,
                });
            }
        }
        Self {
            declarations,
            places,
            counted,
            current: 0,
            found: Verification::default(),
            last: from,
            to,
            done: false,
        }
    }

    fn finish(mut self) -> Verification {
        for counted in self.counted {
            for (count, version) in counted.counts.into_iter().zip(1..) {
                if count > 0 {
                    let key = (counted.name.to_owned(), version);
                    self.found.counts.insert(key, count);
                }
            }
        }
        self.found
    }

    /// The type of this name. Where it stands is guessed, and looked up when that is wrong.
    fn counted(&mut self, name: &str) -> Option<&mut Counted> {
        let is_at = |at: usize| self.counted.get(at).is_some_and(|it| it.name == name);
        let guessed = self.counted.get(self.current).map(|it| it.next);
        let at = match guessed.filter(|&at| is_at(at)) {
            Some(at) => at,
            None => *self.places.get(name)?,
        };
        if let Some(before) = self.counted.get_mut(self.current) {
            before.next = at;
        }
        self.current = at;
        self.counted.get_mut(at)
    }

    fn decode(&mut self, event: &Recorded<'_>) {
        let Some(counted) = self.counted(event.name) else {
            self.undeclared(event);
            return;
        };
        let count = usize::from(event.schema_version)
            .checked_sub(1)
            .and_then(|at| counted.counts.get_mut(at));
        let Some(count) = count else {
            self.undeclared(event);
            return;
        };
        *count += 1;
        let result = counted
            .event
            .schema
            .map_or(Ok(()), |schema| schema.decode(&Stored::from(event)));
        if let Err(error) = result {
            self.failed(event, error);
        }
    }

    #[cold]
    fn failed(&mut self, event: &Recorded<'_>, error: DecodeError) {
        self.found.failed += 1;
        if self.found.failures.len() < FAILURES {
            self.found.failures.push(VerifyFailure {
                position: event.position,
                stream: event.stream.to_owned(),
                stream_version: event.version,
                error,
            });
        }
    }

    #[cold]
    fn undeclared(&mut self, event: &Recorded<'_>) {
        let key = (event.name.to_owned(), event.schema_version);
        *self.found.counts.entry(key.clone()).or_default() += 1;
        let is_allowed = self.declarations.allows(event.name, event.schema_version);
        let found = self
            .found
            .undeclared
            .entry(key)
            .or_insert_with(|| Undeclared {
                events: 0,
                position: event.position,
                stream: event.stream.to_owned(),
                stream_version: event.version,
                is_allowed,
            });
        found.events += 1;
    }
}

impl Visitor for Decoding {
    fn event(&mut self, event: &Recorded<'_>) -> ControlFlow<()> {
        if event.position > self.to {
            self.done = true;
            return ControlFlow::Break(());
        }
        self.done = false;
        self.last = event.position;
        self.found.events += 1;
        self.decode(event);
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_the_whole() {
        for (head, cores) in [(0, 4), (1, 4), (7, 3), (1_000_001, 8), (u64::MAX, 5)] {
            let parts = parts_of(Position::from_raw(head), cores);
            let mut at = Position::START;
            for (from, to) in parts {
                assert_eq!(from, at);
                assert!(from < to);
                at = to;
            }
            assert_eq!(at, Position::from_raw(head));
        }
    }
}
