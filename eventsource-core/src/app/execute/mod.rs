//! Commands: attempted, and after a conflict attempted again.

mod attempt;
mod decided;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tracing::Instrument as _;
use uuid::Uuid;

pub use self::decided::Decided;

use self::attempt::Attempt;
use super::{App, ExecuteError, Executor, Receipt};
use crate::backoff::Backoff;
use crate::json;
use crate::observe::{self, Retry};
use crate::store::{CommitRecord, Committed, EventStore, Fingerprint, StoreError, StoreErrorKind};
use crate::{Aggregate, Command, Handle, Metadata, StreamName};

/// The domain's error of a command's aggregate.
type Refusal<C> = <<C as Command>::Aggregate as Aggregate>::Error;

/// The pauses between attempts: from at most 1 ms, doubling, to at most 64 ms.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(64);

/// For how long an append without an answer is tried again, from the first attempt on.
const LONGEST_UNANSWERED: Duration = Duration::from_secs(10);

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
        let stream = stream_of(&command)?;
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
        let commit_id = metadata.command_id.unwrap_or_else(|| executor.ids.make());
        // One that nobody else has may be told in an error, and then the same command comes under it.
        let fingerprint = fingerprint(&stream, command, command.content().as_deref());
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
        let mut begun = Instant::now();
        let mut may_be_written = self.metadata.command_id.is_some();
        loop {
            let (exhausted, retry) = match (self.attempt(unanswered).await, unanswered) {
                (Ok(receipt), _) => return Ok(receipt),
                (Err(Attempt::Refused(error)), _) if may_be_written => {
                    return self.earlier().await?.ok_or(error);
                }
                (Err(Attempt::Moved { expected, actual }), _) => {
                    unanswered = None;
                    begun = Instant::now();
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
            // The store itself has tried for a while.
            let away = unanswered.is_some() && begun.elapsed() >= LONGEST_UNANSWERED;
            if away || backoff.attempts() >= self.executor.retries {
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

    fn conflict(&self, expected: u64, actual: u64) -> ExecuteError<Refusal<C>> {
        ExecuteError::Conflict {
            stream: self.stream.clone(),
            expected,
            actual,
        }
    }
}

/// Where a command goes to.
fn stream_of<C: Command>(command: &C) -> Result<StreamName, ExecuteError<Refusal<C>>> {
    let aggregate = C::Aggregate::NAME;
    StreamName::of(aggregate, command.id()).map_err(|source| ExecuteError::Id { aggregate, source })
}

/// What tells a repetition of a command from another one: the stream, the command's name, and its content where it is serde, whatever order its
/// maps are walked in.
fn fingerprint<C: Command>(
    stream: &StreamName,
    command: &C,
    content: Option<&[u8]>,
) -> Fingerprint {
    let (stream, name) = (stream.as_str().as_bytes(), command.name().as_bytes());
    match content {
        Some(content) => Fingerprint::of([stream, name, &json::canonical(content)]),
        None => Fingerprint::of([stream, name]),
    }
}
