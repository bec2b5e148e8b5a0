//! States, now and as they were.

use super::fold::{Folded, fold, newest};
use super::{App, LoadError};
use crate::store::{EventStore, ReadStream};
use crate::{Aggregate, Loaded, StreamName, Timestamp};

impl<S: EventStore> App<S> {
    /// The state of an aggregate, and its version.
    ///
    /// # Errors
    ///
    /// [`LoadError::NotFound`] when it has no events; [`LoadError::Decode`] when one of them cannot be read.
    pub async fn load<A: Aggregate>(&self, id: &A::Id) -> Result<Loaded<A>, LoadError> {
        let stream = self.stream::<A>(id)?;
        let folded = self
            .fold_traced::<A>(newest::<A>(stream.clone()), None)
            .await?;
        loaded(folded, stream)
    }

    /// The state as it was after its first `version` events. Version 0 is the state before the first.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load), and [`LoadError::BeyondHead`] when there are fewer events.
    pub async fn load_at<A: Aggregate>(
        &self,
        id: &A::Id,
        version: u64,
    ) -> Result<Loaded<A>, LoadError> {
        let stream = self.stream::<A>(id)?;
        // Of version 0, the first event is read to know that there is one.
        let read = newest::<A>(stream.clone()).to(version.max(1));
        let folded = self.fold_traced::<A>(read, None).await?;
        let head = folded.version;
        if head > 0 && version == 0 {
            return Ok(Loaded {
                state: A::initial(),
                version,
            });
        }
        if head > 0 && head < version {
            return Err(LoadError::BeyondHead {
                stream,
                version,
                head,
            });
        }
        loaded(folded, stream)
    }

    /// The state as it was at a time: after all events that were recorded up to then, that time included.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load); [`LoadError::NotFound`] also when all of its events came later.
    pub async fn load_as_of<A: Aggregate>(
        &self,
        id: &A::Id,
        time: Timestamp,
    ) -> Result<Loaded<A>, LoadError> {
        let stream = self.stream::<A>(id)?;
        // Snapshots do not tell when they were made, so this is always a replay.
        let read = ReadStream::new(stream.clone());
        let folded = self.fold_traced::<A>(read, Some(time)).await?;
        loaded(folded, stream)
    }

    pub(super) fn stream<A: Aggregate>(&self, id: &A::Id) -> Result<StreamName, LoadError> {
        if self.inner.is_shut_down() {
            return Err(LoadError::ShutDown);
        }
        StreamName::of(A::NAME, id).map_err(|source| LoadError::Id {
            aggregate: A::NAME,
            source,
        })
    }

    async fn fold_traced<A: Aggregate>(
        &self,
        read: ReadStream,
        until: Option<Timestamp>,
    ) -> Result<Folded<A>, LoadError> {
        use tracing::Instrument as _;
        let span = tracing::debug_span!("load", stream = read.stream.as_str(), to = read.to);
        Ok(fold(&*self.inner.store, read, until)
            .instrument(span)
            .await?)
    }
}

fn loaded<A>(folded: Folded<A>, stream: StreamName) -> Result<Loaded<A>, LoadError> {
    match folded.version {
        0 => Err(LoadError::NotFound { stream }),
        version => Ok(Loaded {
            state: folded.state,
            version,
        }),
    }
}
