//! From a stream to a state, straight from the store's buffer.

use std::any::Any;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::{ExecuteError, LoadError};
use crate::event::{DecodeError, Stored};
use crate::store::{EventStore, ReadStream, Recorded, SnapshotRef, StoreError, Visitor};
use crate::{Aggregate, StreamName, Timestamp};

/// A state that is being folded, and what it is a fold of.
pub(super) struct Folded<A> {
    pub(super) state: A,
    /// The version of the last event; 0: none.
    pub(super) version: u64,
    /// The version of the snapshot that it began from; 0: none.
    pub(super) snapshot: u64,
}

impl<A: Aggregate> Default for Folded<A> {
    fn default() -> Self {
        Self {
            state: A::initial(),
            version: 0,
            snapshot: 0,
        }
    }
}

struct Folding<A> {
    folded: Folded<A>,
    /// Only events that were recorded up to then.
    until: Option<Timestamp>,
    halted: Option<Halted>,
}

/// Why the folding ended early.
enum Halted {
    Undecodable(u64, DecodeError),
    /// The user's code panicked in the store's hands, where it would hit the wrong one.
    Panic(Box<dyn Any + Send>),
}

impl<A: Aggregate> Folding<A> {
    fn guarded<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        match catch_unwind(AssertUnwindSafe(|| work(self))) {
            Ok(answer) => Some(answer),
            Err(panic) => {
                self.halted = Some(Halted::Panic(panic));
                None
            }
        }
    }
}

impl<A: Aggregate> Visitor for Folding<A> {
    fn snapshot(&mut self, snapshot: SnapshotRef<'_>) -> bool {
        let Some(policy) = A::SNAPSHOT else {
            return false;
        };
        let Some(Some(state)) = self.guarded(|_| (policy.decode)(snapshot.state)) else {
            return false;
        };
        self.folded = Folded {
            state,
            version: snapshot.version,
            snapshot: snapshot.version,
        };
        true
    }

    fn event(&mut self, event: &Recorded<'_>) -> ControlFlow<()> {
        if self.halted.is_some() || self.until.is_some_and(|until| event.recorded_at > until) {
            return ControlFlow::Break(());
        }
        // What comes of it is seen to inside the guard: a large result that is handed out of it is copied for each event.
        self.guarded(
            |folding| match folding.folded.state.replay(&Stored::from(event)) {
                Ok(()) => {
                    folding.folded.version = event.version;
                    ControlFlow::Continue(())
                }
                Err(error) => {
                    folding.halted = Some(Halted::Undecodable(event.version, error));
                    ControlFlow::Break(())
                }
            },
        )
        .unwrap_or(ControlFlow::Break(()))
    }
}

/// Folds the events that are read. A panic of the user's code goes on here, in the caller's task.
pub(super) async fn fold<A: Aggregate, S: EventStore>(
    store: &S,
    read: ReadStream,
    until: Option<Timestamp>,
) -> Result<Folded<A>, ReadError> {
    let stream = read.stream.clone();
    let folding = Folding {
        folded: Folded::default(),
        until,
        halted: None,
    };
    let folding: Folding<A> = store.read_stream(read, folding).await?;
    match folding.halted {
        None => Ok(folding.folded),
        Some(Halted::Undecodable(stream_version, source)) => {
            Err(ReadError::Undecodable(stream, stream_version, source))
        }
        Some(Halted::Panic(panic)) => resume_unwind(panic),
    }
}

/// The newest state of a stream, from a snapshot where there is one.
pub(super) fn newest<A: Aggregate>(stream: StreamName) -> ReadStream {
    ReadStream::new(stream)
        .payloads()
        .snapshot(A::SNAPSHOT.map(|policy| (policy.fingerprint)()))
}

/// Why a stream could not be read to its end.
pub(super) enum ReadError {
    Undecodable(StreamName, u64, DecodeError),
    Store(StoreError),
}

impl From<StoreError> for ReadError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

macro_rules! from_read {
    ($($error:ident $(<$parameter:ident>)?),*) => {$(
        impl $(<$parameter: std::error::Error + 'static>)? From<ReadError> for $error $(<$parameter>)? {
            fn from(error: ReadError) -> Self {
                match error {
                    ReadError::Undecodable(stream, stream_version, source) => Self::Decode {
                        stream,
                        stream_version,
                        name: source.name().to_owned(),
                        schema_version: source.schema_version(),
                        field: source.field().map(str::to_owned),
                        source,
                    },
                    ReadError::Store(error) => error.into(),
                }
            }
        }
    )*};
}
from_read!(ExecuteError<E>, LoadError);
