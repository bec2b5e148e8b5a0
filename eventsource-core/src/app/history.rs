//! What happened to one aggregate, for people.

use std::fmt;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use tracing::Instrument as _;
use uuid::Uuid;

use super::fold::ReadError;
use super::{App, LoadError};
use crate::event::Stored;
use crate::store::{EventStore, ReadStream, Recorded, Visitor};
use crate::{Aggregate, Metadata, Position, StreamName, Timestamp};

/// One recorded event, read as what it is now.
///
/// A split event has an entry for each of its parts, under the stored event's name. One that is read as nothing has one entry, whose
/// [`event`](Self::event) is `None`: it did happen. Its `Debug` shows no payload.
pub struct HistoryEvent<A: Aggregate> {
    stream_version: u64,
    position: Position,
    name: String,
    schema_version: u16,
    recorded_at: Timestamp,
    event_id: Uuid,
    metadata: Metadata,
    event: Option<A::Event>,
}

impl<A: Aggregate> HistoryEvent<A> {
    /// Its place in the stream, from 1.
    #[must_use]
    pub fn stream_version(&self) -> u64 {
        self.stream_version
    }

    /// Its place in the whole log.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// The name that it is stored under.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The schema version that it is stored with.
    #[must_use]
    pub fn schema_version(&self) -> u16 {
        self.schema_version
    }

    /// When it was recorded.
    #[must_use]
    pub fn recorded_at(&self) -> Timestamp {
        self.recorded_at
    }

    /// Its own id.
    #[must_use]
    pub fn event_id(&self) -> Uuid {
        self.event_id
    }

    /// Who, why, and because of what.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The event; `None` where it is only read: retired, or read as nothing.
    #[must_use]
    pub fn event(&self) -> Option<&A::Event> {
        self.event.as_ref()
    }

    /// The event, by value.
    #[must_use]
    pub fn into_event(self) -> Option<A::Event> {
        self.event
    }

    fn of(event: &Recorded<'_>, metadata: Metadata, read_as: Option<A::Event>) -> Self {
        Self {
            stream_version: event.version,
            position: event.position,
            name: event.name.to_owned(),
            schema_version: event.schema_version,
            recorded_at: event.recorded_at,
            event_id: event.event_id,
            metadata,
            event: read_as,
        }
    }
}

impl<A: Aggregate> fmt::Debug for HistoryEvent<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HistoryEvent")
            .field("stream_version", &self.stream_version)
            .field("position", &self.position)
            .field("name", &self.name)
            .field("schema_version", &self.schema_version)
            .field("recorded_at", &self.recorded_at)
            .field("event_id", &self.event_id)
            .finish_non_exhaustive()
    }
}

impl<S: EventStore> App<S> {
    /// All recorded events of an aggregate, oldest first, each upcast to what it is now. They are all in memory at once.
    ///
    /// # Errors
    ///
    /// [`LoadError::NotFound`] when there are none; [`LoadError::Decode`] and [`LoadError::Metadata`] when one cannot be read.
    pub async fn history<A: Aggregate>(
        &self,
        id: &A::Id,
    ) -> Result<Vec<HistoryEvent<A>>, LoadError> {
        let stream = self.stream::<A>(id)?;
        let span = tracing::debug_span!("history", stream = stream.as_str());
        let recalling = Recalling {
            stream: stream.clone(),
            events: Vec::new(),
            halted: None,
        };
        let recalling: Recalling<A> = self
            .inner
            .store
            .read_stream(ReadStream::new(stream.clone()), recalling)
            .instrument(span)
            .await?;
        match recalling.halted {
            Some(Ok(error)) => Err(error),
            Some(Err(panic)) => resume_unwind(panic),
            None if recalling.events.is_empty() => Err(LoadError::NotFound { stream }),
            None => Ok(recalling.events),
        }
    }
}

struct Recalling<A: Aggregate> {
    stream: StreamName,
    events: Vec<HistoryEvent<A>>,
    /// What could not be read, or the panic of the user's code, which goes on in the caller's task.
    halted: Option<Result<LoadError, Box<dyn std::any::Any + Send>>>,
}

impl<A: Aggregate> Recalling<A> {
    fn recall(&mut self, event: &Recorded<'_>) -> Result<(), LoadError> {
        let read_as = A::recall(&Stored::from(event))
            .map_err(|source| ReadError::Undecodable(self.stream.clone(), event.version, source))?;
        let metadata = Metadata::decode(event.metadata).map_err(|source| LoadError::Metadata {
            stream: self.stream.clone(),
            stream_version: event.version,
            name: event.name.to_owned(),
            source,
        })?;
        if read_as.is_empty() {
            self.events.push(HistoryEvent::of(event, metadata, None));
            return Ok(());
        }
        for part in read_as {
            self.events
                .push(HistoryEvent::of(event, metadata.clone(), part));
        }
        Ok(())
    }
}

impl<A: Aggregate> Visitor for Recalling<A> {
    fn event(&mut self, event: &Recorded<'_>) -> ControlFlow<()> {
        match catch_unwind(AssertUnwindSafe(|| self.recall(event))) {
            Ok(Ok(())) => return ControlFlow::Continue(()),
            Ok(Err(error)) => self.halted = Some(Ok(error)),
            Err(panic) => self.halted = Some(Err(panic)),
        }
        ControlFlow::Break(())
    }
}
