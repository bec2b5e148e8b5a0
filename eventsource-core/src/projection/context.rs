//! What a projection may know of an event beside its payload.

use std::cell::{Cell, OnceCell, RefCell};
use std::fmt;

use uuid::Uuid;

use crate::process::Effects;
use crate::store::Recorded;
use crate::stream::split;
use crate::{Metadata, Position, Timestamp};

/// What is known of a recorded event beside its payload, and the means to remove the row that it is projected to.
pub struct EventContext<'a> {
    event: Recorded<'a>,
    metadata: OnceCell<Metadata>,
    unreadable: Cell<bool>,
    deleted: Cell<bool>,
    /// What the reactions of a process manager lead to; none in a projection.
    effects: RefCell<Option<Box<Effects>>>,
}

impl<'a> EventContext<'a> {
    /// For runners and tests: the context of this event.
    #[must_use]
    pub fn new(event: Recorded<'a>) -> Self {
        Self {
            event,
            metadata: OnceCell::new(),
            unreadable: Cell::new(false),
            deleted: Cell::new(false),
            effects: RefCell::new(None),
        }
    }

    /// The id of the aggregate that it belongs to: the part of the stream's name behind the category.
    #[must_use]
    pub fn stream_id(&self) -> &'a str {
        split(self.event.stream).1
    }

    /// The name of the aggregate that it belongs to: the part of the stream's name before the id.
    #[must_use]
    pub fn category(&self) -> &'a str {
        split(self.event.stream).0
    }

    /// Its place in its stream, from 1.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.event.version
    }

    /// Its place in the whole log.
    #[must_use]
    pub fn position(&self) -> Position {
        self.event.position
    }

    /// When it was recorded.
    #[must_use]
    pub fn recorded_at(&self) -> Timestamp {
        self.event.recorded_at
    }

    /// Its own id.
    #[must_use]
    pub fn event_id(&self) -> Uuid {
        self.event.event_id
    }

    /// The name that it is stored under; of a split event, that of the stored one.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.event.name
    }

    /// Who, why, and because of what.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        self.metadata.get_or_init(|| {
            Metadata::decode(self.event.metadata).unwrap_or_else(|_| {
                self.unreadable.set(true);
                Metadata::default()
            })
        })
    }

    /// Removes the row. An event of the same key that comes later makes it anew.
    pub fn delete(&self) {
        self.deleted.set(true);
    }

    /// For runners: whether the row is to be removed. Asking resets it.
    #[must_use]
    pub fn take_deleted(&self) -> bool {
        self.deleted.replace(false)
    }

    /// Gathers from now on what a process manager's instance does.
    pub(crate) fn act(&self, effects: Effects) {
        self.effects.replace(Some(Box::new(effects)));
    }

    /// What the instance did since [`act`](Self::act).
    pub(crate) fn take_effects(&self) -> Option<Effects> {
        self.effects.take().map(|effects| *effects)
    }

    /// The event.
    pub(crate) fn recorded(&self) -> &Recorded<'a> {
        &self.event
    }

    /// Lets a reaction add to what its instance does; `None` where nobody acts, as in a projection.
    pub(crate) fn with_effects<T>(&self, work: impl FnOnce(&mut Effects) -> T) -> Option<T> {
        self.effects.borrow_mut().as_deref_mut().map(work)
    }

    /// For runners: whether the metadata was asked for and could not be read, so that what was folded from it must not be kept.
    #[must_use]
    pub fn metadata_unreadable(&self) -> bool {
        self.unreadable.get()
    }
}

impl fmt::Debug for EventContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EventContext").field(&self.event).finish()
    }
}
