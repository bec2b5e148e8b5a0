//! What a reaction may know and do.

use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::SentBy;
use crate::projection::EventContext;
use crate::{Metadata, Position, Timestamp};

/// What is known of the event beside its payload, and the means to act: send commands, now or at a time, call one off, and end the instance.
pub struct ReactContext<'a, P> {
    event: &'a EventContext<'a>,
    process: PhantomData<fn() -> P>,
}

/// A command that waits for its time. Keep it in the instance's state to [`cancel`](ReactContext::cancel) it later.
///
/// It is the command's id: the `command_id` that its events will carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scheduled(Uuid);

impl Scheduled {
    /// The command's id.
    #[must_use]
    pub fn command_id(&self) -> Uuid {
        self.0
    }
}

impl<'a, P> ReactContext<'a, P> {
    /// For generated code: acts on behalf of the instance that the event's context is for.
    #[doc(hidden)]
    #[must_use]
    pub fn new(event: &'a EventContext<'a>) -> Self {
        Self {
            event,
            process: PhantomData,
        }
    }

    /// Sends a command, once this reaction is on record. It is carried out under an id of its own, so that a repetition does nothing. When
    /// it is refused, it comes back as [`Rejected`](super::Rejected) where `events(…)` lists that, else it is parked and shown in `status`.
    pub fn send<C: SentBy<P>>(&mut self, command: C) {
        self.schedule(Timestamp::from_micros(0), command);
    }

    /// Sends a command at a time, or at once where the time has passed.
    pub fn schedule<C: SentBy<P>>(&mut self, time: Timestamp, command: C) -> Scheduled {
        let event = self.event.recorded();
        let id = self
            .event
            .with_effects(|effects| effects.send::<P, C>(event, command, time));
        Scheduled(id.unwrap_or_default())
    }

    /// Calls off a command that was scheduled. One that was carried out already stays so.
    pub fn cancel(&mut self, scheduled: &Scheduled) {
        self.event
            .with_effects(|effects| effects.cancel(scheduled.0));
    }

    /// Ends the instance: its row is removed. What it has sent stays sent, and what it has scheduled stays due: [`cancel`](Self::cancel) that before.
    /// An event of the same key that comes later begins a new one.
    pub fn complete(&mut self) {
        self.event.delete();
    }

    /// The id of the aggregate that the event belongs to.
    #[must_use]
    pub fn stream_id(&self) -> &'a str {
        self.event.stream_id()
    }

    /// The name of the aggregate that the event belongs to.
    #[must_use]
    pub fn category(&self) -> &'a str {
        self.event.category()
    }

    /// The event's place in its stream, from 1.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.event.version()
    }

    /// The event's place in the whole log.
    #[must_use]
    pub fn position(&self) -> Position {
        self.event.position()
    }

    /// When the event was recorded: the time that a reaction goes by.
    #[must_use]
    pub fn recorded_at(&self) -> Timestamp {
        self.event.recorded_at()
    }

    /// The event's own id.
    #[must_use]
    pub fn event_id(&self) -> Uuid {
        self.event.event_id()
    }

    /// The name that the event is stored under.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.event.name()
    }

    /// Who caused the event, why, and because of what.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        self.event.metadata()
    }

    /// Removes the row: the same as [`complete`](Self::complete).
    pub fn delete(&self) {
        self.event.delete();
    }
}

impl<P> fmt::Debug for ReactContext<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReactContext").field(self.event).finish()
    }
}
