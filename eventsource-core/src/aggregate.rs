//! Aggregates: state that decides on commands and changes by events alone.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use crate::command::Command;
use crate::event::{DecodeError, Encode, Events, Stored};
use crate::registry::AggregateDescriptor;
use crate::store::Fingerprint;
use crate::{Metadata, Timestamp};

/// What a command handler answers: the events that the command leads to, or the domain's own refusal.
pub type Decision<A> = Result<Events<A>, <A as Aggregate>::Error>;

/// A state that is a fold of one stream's events, and that decides on commands.
///
/// Written by `#[derive(Aggregate)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an aggregate",
    label = "not an aggregate",
    note = "write `#[derive(Aggregate, Default)]` and `#[aggregate(name = \"…\", id = …, error = …, events(…))]` on `{Self}`"
)]
pub trait Aggregate: Default + Send + Sync + Sized + 'static {
    /// The id. What `Display` writes, `FromStr` reads as the same id.
    type Id: Display + FromStr + Clone + Send + Sync + 'static;
    /// What can be written to the stream: the one listed event type, or the enum of several.
    type Event: Encode;
    /// The domain's own refusals.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The category of its streams.
    const NAME: &'static str;

    /// What the registry knows of it.
    #[doc(hidden)]
    const DESCRIPTOR: &'static AggregateDescriptor;

    /// When snapshots are kept; `None`: never.
    #[doc(hidden)]
    const SNAPSHOT: Option<SnapshotPolicy<Self>> = None;

    /// Applies an event that was not stored yet.
    #[doc(hidden)]
    fn apply_event(&mut self, event: &Self::Event);

    /// Reads a stored event and applies it.
    #[doc(hidden)]
    fn replay(&mut self, stored: &Stored<'_>) -> Result<(), DecodeError>;

    /// Reads a stored event for people: the events that it is read as, `None` for each that can no longer be written.
    #[doc(hidden)]
    fn recall(stored: &Stored<'_>) -> Result<Vec<Option<Self::Event>>, DecodeError>;
}

/// How an aggregate's state changes by an event: pure, and without failure, since the event has happened.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not apply `{E}`",
    label = "no `Apply<{E}>` for `{Self}`",
    note = "write `impl Apply<{E}> for {Self} {{ fn apply(&mut self, event: &{E}) {{ … }} }}`, or list it as `ignore({E})`"
)]
pub trait Apply<E>: Aggregate {
    /// Changes the state.
    fn apply(&mut self, event: &E);
}

/// How an aggregate decides on a command: it reads its state, and answers with events or a refusal.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not handle `{C}`",
    label = "no `Handle<{C}>` for `{Self}`",
    note = "write `impl Handle<{C}> for {Self} {{ fn handle(&self, command: {C}, context: &Context<'_, Self>) -> Decision<Self> {{ … }} }}`"
)]
pub trait Handle<C>: Aggregate {
    /// Decides. After a conflict it is asked again, with the newer state.
    ///
    /// # Errors
    ///
    /// The domain's own refusal; nothing is written then.
    fn handle(&self, command: C, context: &Context<'_, Self>) -> Decision<Self>;
}

/// What a command handler may know beside state and command.
pub struct Context<'a, A: Aggregate> {
    id: &'a A::Id,
    version: u64,
    now: Timestamp,
    metadata: &'a Metadata,
}

impl<'a, A: Aggregate> Context<'a, A> {
    pub(crate) fn new(id: &'a A::Id, version: u64, now: Timestamp, metadata: &'a Metadata) -> Self {
        Self {
            id,
            version,
            now,
            metadata,
        }
    }

    /// The aggregate's id.
    #[must_use]
    pub fn id(&self) -> &A::Id {
        self.id
    }

    /// The stream's version before this command: the number of its events. 0: there are none.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The time, by the app's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// What came with the command.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        self.metadata
    }
}

impl<A: Aggregate> Debug for Context<'_, A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context")
            .field("id", &format_args!("{}", self.id))
            .field("version", &self.version)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// When snapshots of an aggregate are kept, and how they are written and read.
#[doc(hidden)]
#[derive(Debug)]
pub struct SnapshotPolicy<A> {
    /// A snapshot at most every so many events; at least 1.
    pub every: u64,
    /// The state's schema, the set of its events, and the user's own version.
    pub fingerprint: fn() -> Fingerprint,
    /// Writes the state; `None` when its `Serialize` refuses.
    pub encode: fn(&A) -> Option<Vec<u8>>,
    /// Reads the state; `None` when it cannot be read, and the events are replayed.
    pub decode: fn(&[u8]) -> Option<A>,
}

/// The state of an aggregate at a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded<A> {
    pub(crate) state: A,
    pub(crate) version: u64,
}

impl<A> Loaded<A> {
    /// The state.
    pub fn state(&self) -> &A {
        &self.state
    }

    /// The state, by value.
    pub fn into_state(self) -> A {
        self.state
    }

    /// The number of events that it is a fold of.
    pub fn version(&self) -> u64 {
        self.version
    }
}

/// An event seen from the aggregate that lists it, so that the compiler names the event in the list when it is not applied.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{A}` does not apply `{Self}`",
    label = "no `Apply<{Self}>` for `{A}`",
    note = "write `impl Apply<{Self}> for {A} {{ fn apply(&mut self, event: &{Self}) {{ … }} }}`, or list it as `ignore({Self})`"
)]
pub trait AppliedBy<A> {
    /// Applies.
    fn apply_to(&self, state: &mut A);
}

#[diagnostic::do_not_recommend]
impl<A: Apply<E>, E> AppliedBy<A> for E {
    #[inline]
    fn apply_to(&self, state: &mut A) {
        state.apply(self);
    }
}

/// A command seen from the aggregate that lists it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{A}` does not handle `{Self}`",
    label = "no `Handle<{Self}>` for `{A}`",
    note = "write `impl Handle<{Self}> for {A} {{ fn handle(&self, command: {Self}, context: &Context<'_, Self>) -> Decision<Self> {{ … }} }}`"
)]
pub trait HandledBy<A: Aggregate>: Sized {
    /// Decides.
    ///
    /// # Errors
    ///
    /// The domain's own refusal.
    fn handle_by(self, state: &A, context: &Context<'_, A>) -> Decision<A>;
}

#[diagnostic::do_not_recommend]
impl<A: Handle<C>, C: Command> HandledBy<A> for C {
    fn handle_by(self, state: &A, context: &Context<'_, A>) -> Decision<A> {
        state.handle(self, context)
    }
}
