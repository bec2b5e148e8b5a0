//! Commands: load, decide, append; after a conflict, again.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tracing::Instrument as _;
use uuid::Uuid;

use super::fold::{Folded, fold, newest};
use super::{App, ExecuteError, Executor, Receipt};
use crate::backoff::Backoff;
use crate::event::Encode;
use crate::observe::{self, Retry};
use crate::store::{
    AppendError, Commit, CommitRecord, Committed, EventStore, Fingerprint, NewEvent, NewSnapshot,
    ReadStream, Recorded, StoreError, StoreErrorKind, StreamCommit, Visitor,
};
use crate::{
    Aggregate, Command, Context, Existence, Handle, Metadata, Position, StreamName, Timestamp,
};

/// The domain's error of a command's aggregate.
type Refusal<C> = <<C as Command>::Aggregate as Aggregate>::Error;
/// What a command's aggregate writes.
type EventOf<C> = <<C as Command>::Aggregate as Aggregate>::Event;

/// The pauses between attempts: from at most 1 ms, doubling, to at most 64 ms.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(64);

/// The bytes that a payload is given before it is written, which most events fit in.
const PAYLOAD_BYTES: usize = 128;

impl<S: EventStore> App<S> {
    /// Carries out a command: loads its aggregate, lets it decide, and appends the events that it decides on. When another command went
    /// first, it is decided again on the newer state, as often as the builder's `retries` says.
    ///
    /// # Errors
    ///
    /// [`ExecuteError::Rejected`] with the domain's own refusal; all others are told apart by [`ExecuteError`].
    pub async fn execute<C>(&self, command: C) -> Result<Receipt, ExecuteError<Refusal<C>>>
    where
        C: Command,
        C::Aggregate: Handle<C>,
    {
        self.carry_out(command, Metadata::new(), None).await
    }

    /// Carries out a command with what is known of it: who, why, because of what.
    ///
    /// With a `command_id`, the same command again returns the first receipt and writes nothing. Commands that were refused or led to no
    /// event are not remembered.
    ///
    /// # Errors
    ///
    /// As [`execute`](Self::execute), and [`ExecuteError::CommandIdReused`] when another command has that id.
    pub async fn execute_with<C>(
        &self,
        command: C,
        metadata: Metadata,
    ) -> Result<Receipt, ExecuteError<Refusal<C>>>
    where
        C: Command,
        C::Aggregate: Handle<C>,
    {
        self.carry_out(command, metadata, None).await
    }

    /// Carries out a command only while its stream is at this version; 0: while it has no events.
    ///
    /// # Errors
    ///
    /// As [`execute`](Self::execute), and [`ExecuteError::Conflict`] when the stream has moved on.
    pub async fn execute_expecting<C>(
        &self,
        version: u64,
        command: C,
    ) -> Result<Receipt, ExecuteError<Refusal<C>>>
    where
        C: Command,
        C::Aggregate: Handle<C>,
    {
        self.carry_out(command, Metadata::new(), Some(version))
            .await
    }

    async fn carry_out<C>(
        &self,
        command: C,
        metadata: Metadata,
        expected: Option<u64>,
    ) -> Result<Receipt, ExecuteError<Refusal<C>>>
    where
        C: Command,
        C::Aggregate: Handle<C>,
    {
        if self.inner.is_shut_down() {
            return Err(ExecuteError::ShutDown);
        }
        self.inner
            .executor
            .execute(command, metadata, expected)
            .await
    }
}

impl<S: EventStore> Executor<S> {
    /// Carries out a command.
    pub(crate) async fn execute<C>(
        &self,
        command: C,
        metadata: Metadata,
        expected: Option<u64>,
    ) -> Result<Receipt, ExecuteError<Refusal<C>>>
    where
        C: Command,
        C::Aggregate: Handle<C>,
    {
        let aggregate = C::Aggregate::NAME;
        let stream = StreamName::of(aggregate, command.id())
            .map_err(|source| ExecuteError::Id { aggregate, source })?;
        let span = tracing::debug_span!(
            "execute",
            command = command.name(),
            stream = stream.as_str()
        );
        let execution = Execution::new(self, &command, &metadata, stream, expected);
        execution.run().instrument(span).await
    }
}

/// One command on its way.
struct Execution<'a, S, C> {
    executor: &'a Executor<S>,
    command: &'a C,
    metadata: &'a Metadata,
    stream: StreamName,
    expected: Option<u64>,
    commit_id: Uuid,
    fingerprint: Fingerprint,
    stored_metadata: Arc<[u8]>,
}

/// How an attempt failed, by what is to be done about it.
enum Attempt<E: std::error::Error + 'static> {
    /// The answer is final, unless the command was carried out before.
    Refused(ExecuteError<E>),
    /// Others went first.
    Moved { expected: u64, actual: u64 },
    /// The store went away before it answered.
    Unknown(Decided, StoreError),
    /// There is no answer.
    Failed(ExecuteError<E>),
}

/// On what an attempt decided: the same again comes to the same events.
#[derive(Clone, Copy)]
struct Decided {
    version: u64,
    now: Timestamp,
}

impl<'a, S, C> Execution<'a, S, C>
where
    S: EventStore,
    C: Command,
    C::Aggregate: Handle<C>,
{
    fn new(
        executor: &'a Executor<S>,
        command: &'a C,
        metadata: &'a Metadata,
        stream: StreamName,
        expected: Option<u64>,
    ) -> Self {
        let (commit_id, fingerprint) = match metadata.command_id {
            Some(id) => (
                id,
                fingerprint(&stream, command, command.content().as_deref()),
            ),
            // Nobody else has this id, so there is nothing to tell this command from.
            None => (executor.ids.make(), fingerprint(&stream, command, None)),
        };
        let stored_metadata = metadata.encode();
        Self {
            executor,
            command,
            metadata,
            stream,
            expected,
            commit_id,
            fingerprint,
            stored_metadata: if stored_metadata.is_empty() {
                Arc::clone(&executor.no_metadata)
            } else {
                stored_metadata.into()
            },
        }
    }

    async fn run(&self) -> Result<Receipt, ExecuteError<Refusal<C>>> {
        if self.metadata.command_id.is_some()
            && let Some(receipt) = self.earlier().await?
        {
            return Ok(receipt.repeated());
        }
        let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
        // What was appended without an answer. The same again, under the same id, brings the answer and writes nothing twice.
        let mut unanswered = None;
        let mut may_be_written = self.metadata.command_id.is_some();
        loop {
            let (exhausted, retry) = match (self.attempt(unanswered).await, unanswered) {
                (Ok(receipt), _) => return Ok(receipt),
                (Err(Attempt::Refused(error)), _) if may_be_written => {
                    return self.earlier().await?.ok_or(error);
                }
                (Err(Attempt::Moved { expected, actual }), _) => {
                    unanswered = None;
                    (self.conflict(expected, actual), Retry::Conflict)
                }
                (Err(Attempt::Unknown(decided, source)), _)
                | (Err(Attempt::Failed(ExecuteError::Store(source))), Some(decided)) => {
                    may_be_written = true;
                    unanswered = Some(decided);
                    let unknown = ExecuteError::Unknown {
                        stream: self.stream.clone(),
                        commit_id: self.commit_id,
                        source,
                    };
                    (unknown, Retry::Unanswered)
                }
                (Err(Attempt::Refused(error) | Attempt::Failed(error)), _) => return Err(error),
            };
            if backoff.attempts() >= self.executor.retries {
                return Err(exhausted);
            }
            observe::retried(C::Aggregate::NAME, retry);
            tokio::time::sleep(backoff.next()).await;
        }
    }

    /// The receipt of the commit of this id, where there is one.
    async fn earlier(&self) -> Result<Option<Receipt>, ExecuteError<Refusal<C>>> {
        match self.executor.store.find_commit(self.commit_id).await? {
            None => Ok(None),
            Some(CommitRecord {
                fingerprint,
                committed,
            }) if fingerprint == self.fingerprint => self.receipt(committed).map(Some),
            Some(_) => Err(self.reused()),
        }
    }

    fn reused(&self) -> ExecuteError<Refusal<C>> {
        ExecuteError::CommandIdReused {
            stream: self.stream.clone(),
            command_id: self.commit_id,
        }
    }

    fn receipt(&self, committed: Committed) -> Result<Receipt, ExecuteError<Refusal<C>>> {
        let mut streams = committed.streams.into_iter();
        match streams.find(|part| part.stream == self.stream) {
            Some(part) => Ok(part.into()),
            None => Err(ExecuteError::Store(StoreError::new(
                StoreErrorKind::Corrupt,
                format!("commit {}", self.commit_id),
                format!("the store's answer does not name stream {}", self.stream),
            ))),
        }
    }

    async fn attempt(&self, before: Option<Decided>) -> Result<Receipt, Attempt<Refusal<C>>> {
        let folded = self.load(before).await?;
        let version = folded.version;
        if let Some(expected) = self.expected.filter(|expected| *expected != version) {
            return Err(Attempt::Refused(self.conflict(expected, version)));
        }
        let now = before.map_or_else(|| self.executor.clock.now(), |before| before.now);
        let Some(commit) = self.decide(folded, now)? else {
            let position = self.position_of(version).await?;
            return Ok(Receipt::unchanged(self.stream.clone(), version, position));
        };
        let span = tracing::debug_span!("append", expected_version = version);
        let begun = Instant::now();
        let appended = self.executor.store.append(commit).instrument(span).await;
        observe::appended(C::Aggregate::NAME, begun.elapsed(), &appended);
        appended
            .map_err(|error| match error {
                AppendError::Conflict {
                    expected, actual, ..
                } => Attempt::Moved { expected, actual },
                AppendError::CommitIdReused { .. } => Attempt::Failed(self.reused()),
                AppendError::Unknown { source, .. } => {
                    Attempt::Unknown(Decided { version, now }, source)
                }
                AppendError::Constraint { projection, column } => {
                    Attempt::Refused(ExecuteError::Constraint { projection, column })
                }
                AppendError::Fold { projection, source } => {
                    Attempt::Refused(ExecuteError::Fold { projection, source })
                }
                AppendError::NotFolded { projection } => {
                    Attempt::Refused(ExecuteError::NotFolded { projection })
                }
                AppendError::Store(error) => Attempt::Failed(error.into()),
            })
            .and_then(|committed| self.receipt(committed).map_err(Attempt::Failed))
    }

    /// The position of the stream's event at this version; of version 0, the start of the log. A fold does not need it, and most commands
    /// get theirs from the append.
    async fn position_of(&self, version: u64) -> Result<Position, Attempt<Refusal<C>>> {
        if version == 0 {
            return Ok(Position::START);
        }
        let read = ReadStream::new(self.stream.clone())
            .from(version)
            .to(version);
        let reading = self.executor.store.read_stream(read, Head::default());
        Ok(reading.await.map_err(failed)?.position)
    }

    fn conflict(&self, expected: u64, actual: u64) -> ExecuteError<Refusal<C>> {
        ExecuteError::Conflict {
            stream: self.stream.clone(),
            expected,
            actual,
        }
    }

    /// The state to decide on, where the command may be decided on it at all.
    async fn load(
        &self,
        before: Option<Decided>,
    ) -> Result<Folded<C::Aggregate>, Attempt<Refusal<C>>> {
        let stream = self.stream.clone();
        let existence = self.command.existence();
        let span = tracing::debug_span!("load");
        if let Some(Decided { version: 0, .. }) = before {
            return Ok(Folded::default());
        }
        if existence == Existence::Forbidden {
            let read = ReadStream::new(stream.clone()).backward().limit(1);
            let reading = self.executor.store.read_stream(read, Head::default());
            return match reading.instrument(span).await.map_err(failed)?.version {
                0 => Ok(Folded::default()),
                version => {
                    let error = ExecuteError::AlreadyExists { stream, version };
                    Err(Attempt::Refused(error))
                }
            };
        }
        let read = newest::<C::Aggregate>(stream.clone());
        let read = match before {
            Some(before) => read.to(before.version),
            None => read,
        };
        let folding = fold(&*self.executor.store, read, None).instrument(span);
        let folded = folding.await.map_err(failed)?;
        if folded.version == 0 && existence == Existence::Required {
            return Err(Attempt::Refused(ExecuteError::NotFound { stream }));
        }
        Ok(folded)
    }

    /// The commit that the command leads to; `None` when it leads to no event.
    fn decide(
        &self,
        folded: Folded<C::Aggregate>,
        now: Timestamp,
    ) -> Result<Option<Commit>, Attempt<Refusal<C>>> {
        let version = folded.version;
        let context = Context::new(self.command.id(), version, now, self.metadata);
        let events = folded
            .state
            .handle(self.command.clone(), &context)
            .map_err(|refusal| Attempt::Refused(ExecuteError::Rejected(refusal)))?
            .into_vec();
        if events.is_empty() {
            return Ok(None);
        }
        let stream = StreamCommit {
            stream: self.stream.clone(),
            expected_version: version,
            events: self.encode(version, &events)?,
        };
        let snapshot = self.snapshot(folded, &events);
        let streams = vec![stream];
        let commit = Commit::with_fingerprint(self.commit_id, self.fingerprint, now, streams);
        let immediate = Arc::clone(&self.executor.immediate);
        Ok(Some(commit.snapshot(snapshot).immediate(immediate)))
    }

    fn encode(
        &self,
        version: u64,
        events: &[EventOf<C>],
    ) -> Result<Vec<NewEvent>, Attempt<Refusal<C>>> {
        (version.saturating_add(1)..)
            .zip(events)
            .map(|(stream_version, event)| {
                let mut payload = Vec::with_capacity(PAYLOAD_BYTES);
                event.encode(&mut payload).map_err(|source| {
                    Attempt::Failed(ExecuteError::Encode {
                        stream: self.stream.clone(),
                        stream_version,
                        source,
                    })
                })?;
                let event_type = event.event_type();
                Ok(NewEvent {
                    id: self.executor.ids.make(),
                    name: event_type.name,
                    schema_version: event_type.version,
                    payload,
                    metadata: Arc::clone(&self.stored_metadata),
                })
            })
            .collect()
    }

    /// The state after the events, when it is time to keep it.
    fn snapshot(
        &self,
        mut folded: Folded<C::Aggregate>,
        events: &[EventOf<C>],
    ) -> Option<NewSnapshot> {
        let policy = C::Aggregate::SNAPSHOT?;
        let count = u64::try_from(events.len()).unwrap_or(u64::MAX);
        let version = folded.version.saturating_add(count);
        if version.saturating_sub(folded.snapshot) < policy.every {
            return None;
        }
        for event in events {
            folded.state.apply_event(event);
        }
        Some(NewSnapshot {
            stream: self.stream.clone(),
            version,
            fingerprint: (policy.fingerprint)(),
            state: (policy.encode)(&folded.state)?,
        })
    }
}

/// A read failure on the way to a decision is no answer.
fn failed<E: std::error::Error + 'static>(error: impl Into<ExecuteError<E>>) -> Attempt<E> {
    Attempt::Failed(error.into())
}

/// Finds out where the first event that it is shown stands.
#[derive(Default)]
struct Head {
    version: u64,
    position: Position,
}

impl Visitor for Head {
    fn event(&mut self, event: &Recorded<'_>) -> ControlFlow<()> {
        self.version = event.version;
        self.position = event.position;
        ControlFlow::Break(())
    }
}

/// What tells a repetition of a command from another one: the stream, the command's name, and its content where it is serde.
fn fingerprint<C: Command>(
    stream: &StreamName,
    command: &C,
    content: Option<&[u8]>,
) -> Fingerprint {
    let (stream, name) = (stream.as_str().as_bytes(), command.name().as_bytes());
    match content {
        Some(content) => Fingerprint::of([stream, name, content]),
        None => Fingerprint::of([stream, name]),
    }
}
