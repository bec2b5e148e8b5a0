//! One attempt: load, decide, append.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use tracing::Instrument as _;

use super::{Execution, Refusal};
use crate::app::fold::{Folded, fold, newest};
use crate::app::{Decided, ExecuteError, Receipt};
use crate::event::Encode;
use crate::observe;
use crate::store::{
    AppendError, Commit, EventStore, NewEvent, NewSnapshot, ReadStream, Recorded, StoreError,
    StreamCommit, Visitor,
};
use crate::{Aggregate, Command, Context, Existence, Handle, Position, Timestamp};

/// What a command's aggregate writes.
type EventOf<C> = <<C as Command>::Aggregate as Aggregate>::Event;

/// The bytes that a payload is given before it is written, which most events fit in.
const PAYLOAD_BYTES: usize = 128;

/// How an attempt failed, by what is to be done about it.
pub(super) enum Attempt<E: std::error::Error + 'static> {
    /// The answer is final, unless the command was carried out before.
    Refused(ExecuteError<E>),
    /// Others went first.
    Moved { expected: u64, actual: u64 },
    /// The store went away before it answered.
    Unknown(Basis, StoreError),
    /// There is no answer.
    Failed(ExecuteError<E>),
}

/// On what an attempt decided: the same again comes to the same events.
#[derive(Clone, Copy)]
pub(super) struct Basis {
    version: u64,
    now: Timestamp,
}

impl<S, C> Execution<'_, S, C>
where
    S: EventStore,
    C: Command,
    C::Aggregate: Handle<C>,
{
    /// `before` is what an attempt without an answer had decided on: the same is decided on again.
    pub(super) async fn attempt(
        &self,
        before: Option<Basis>,
    ) -> Result<Receipt, Attempt<Refusal<C>>> {
        let (basis, decided) = self.decide(before).await?;
        let commit = match decided {
            Decided::Append(commit) => commit,
            Decided::Done(receipt) => return Ok(receipt),
        };
        let span = tracing::debug_span!("append", expected_version = basis.version);
        let begun = Instant::now();
        let appended = self.executor.store.append(commit).instrument(span).await;
        observe::appended(C::Aggregate::NAME, begun.elapsed(), &appended);
        appended
            .map_err(|error| match error {
                AppendError::Conflict {
                    expected, actual, ..
                } => Attempt::Moved { expected, actual },
                AppendError::CommitIdReused { .. } => Attempt::Failed(self.reused()),
                AppendError::Unknown { source, .. } => Attempt::Unknown(basis, source),
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

    /// Decides, and says on what.
    pub(super) async fn decide(
        &self,
        before: Option<Basis>,
    ) -> Result<(Basis, Decided), Attempt<Refusal<C>>> {
        let folded = self.load(before).await?;
        let version = folded.version;
        if let Some(expected) = self.expected.filter(|expected| *expected != version) {
            return Err(Attempt::Refused(self.conflict(expected, version)));
        }
        let now = before.map_or_else(|| self.executor.clock.now(), |before| before.now);
        let decided = if let Some(commit) = self.commit(folded, now)? {
            Decided::Append(commit)
        } else {
            let position = self.position_of(version).await?;
            Decided::Done(Receipt::unchanged(self.stream.clone(), version, position))
        };
        Ok((Basis { version, now }, decided))
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

    /// The state to decide on, where the command may be decided on it at all.
    async fn load(
        &self,
        before: Option<Basis>,
    ) -> Result<Folded<C::Aggregate>, Attempt<Refusal<C>>> {
        let stream = self.stream.clone();
        let existence = self.command.existence();
        let span = tracing::debug_span!("load");
        if let Some(Basis { version: 0, .. }) = before {
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
    fn commit(
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
        let commit = match self.metadata.command_id {
            Some(_) => commit,
            None => commit.new_id(),
        };
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
