//! Aggregates: state that decides on commands and changes by events alone.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use crate::command::Command;
use crate::event::{
    DecodeError, Encode, EventStatus, EventType, Events, Fold, Passes, Stored, decoding,
};
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
pub trait Aggregate: Send + Sync + Sized + 'static {
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

    /// The state before the first event.
    #[doc(hidden)]
    fn initial() -> Self;

    /// Applies an event that was not stored yet.
    #[doc(hidden)]
    fn apply_event(&mut self, event: &Self::Event);

    /// Reads a stored event into the sink.
    #[doc(hidden)]
    fn read(stored: &Stored<'_>, sink: &mut Sink<'_, Self>) -> Result<(), DecodeError>;

    /// Reads a stored event and applies it.
    #[doc(hidden)]
    #[inline]
    fn replay(&mut self, stored: &Stored<'_>) -> Result<(), DecodeError> {
        Self::read(stored, &mut Sink::State(self))
    }

    /// Reads a stored event for people: the events that it is read as, `None` for each that can no longer be written.
    #[doc(hidden)]
    fn recall(stored: &Stored<'_>) -> Result<Vec<Option<Self::Event>>, DecodeError> {
        let mut events = Vec::new();
        Self::read(stored, &mut Sink::Events(&mut events))?;
        Ok(events)
    }
}

/// What an aggregate's id shows of a text that it has read; `None` where it reads none like it.
#[doc(hidden)]
#[must_use]
pub fn shown_id<A: Aggregate>(text: &str) -> Option<String> {
    let id: A::Id = text.parse().ok()?;
    Some(id.to_string())
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

/// A state, or a row, that can begin: it has a `Default`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how it begins",
    label = "needs `Default`",
    note = "derive `Default` on `{Self}`; on an enum, mark the variant that it begins with `#[default]`"
)]
pub trait Begins: Sized {
    /// The beginning.
    fn begin() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Default> Begins for T {
    #[inline]
    fn begin() -> Self {
        T::default()
    }
}

/// What an aggregate's stored events are read into.
#[doc(hidden)]
#[derive(Debug)]
pub enum Sink<'a, A: Aggregate> {
    /// Its state, which they are applied to.
    State(&'a mut A),
    /// A list for people; `None` for an event that can no longer be written.
    Events(&'a mut Vec<Option<A::Event>>),
}

/// An event that the aggregate reads: it is applied, ignored, or retired.
///
/// Of a type that is listed under two names, rustc says that there are two implementations of this trait: its name says the rest.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{E}` is a part of a split event, and `{Self}` does not read it",
    label = "a part of this, `{E}`, is not listed",
    note = "list `{E}` too, in `events(…)`, `events(ignore(…))` or `retired(…)` of `{Self}`"
)]
pub trait ListsEachEventOnce<E>: Aggregate {
    /// What it is listed as: [`AsWritten`] or [`AsRead`].
    type As: ListedAs<Self::Event>;

    /// Changes the state by it.
    fn fold(&mut self, event: &E);
    /// As what it is listed as.
    fn recall(event: E) -> Self::As;
}

/// An event that is written, as the aggregate's event type.
#[doc(hidden)]
#[derive(Debug)]
pub struct AsWritten<T>(pub T);

/// An event that is only read.
#[doc(hidden)]
#[derive(Debug)]
pub struct AsRead;

/// What an event is listed as.
#[doc(hidden)]
pub trait ListedAs<T> {
    /// The event, where it can be written.
    fn written(self) -> Option<T>;
}

impl<T> ListedAs<T> for AsWritten<T> {
    #[inline]
    fn written(self) -> Option<T> {
        Some(self.0)
    }
}

impl<T> ListedAs<T> for AsRead {
    fn written(self) -> Option<T> {
        None
    }
}

/// What is listed as an event that is written.
#[doc(hidden)]
pub trait ListedAsWritten<T> {
    /// The event.
    fn event(self) -> T;
}

impl<T> ListedAsWritten<T> for AsWritten<T> {
    #[inline]
    fn event(self) -> T {
        self.0
    }
}

impl<A: ListsEachEventOnce<E>, E> Fold<E> for Sink<'_, A> {
    #[inline]
    fn fold(&mut self, event: E) {
        match self {
            Self::State(state) => state.fold(&event),
            Self::Events(events) => {
                events.push(<A as ListsEachEventOnce<E>>::recall(event).written());
            }
        }
    }
}

/// An event that the aggregate can write.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{E}` is not an event of `{Self}`",
    label = "not listed in `events(…)` of `{Self}`",
    note = "add `{E}` to `#[aggregate(events(…))]` on `{Self}`, or write one of the events that stand there"
)]
pub trait Lists<E>: Aggregate {
    /// As the aggregate's event type.
    fn wrap(event: E) -> Self::Event;
}

#[diagnostic::do_not_recommend]
impl<A, E> Lists<E> for A
where
    A: ListsEachEventOnce<E, As: ListedAsWritten<<A as Aggregate>::Event>>,
{
    #[inline]
    fn wrap(event: E) -> Self::Event {
        <A as ListsEachEventOnce<E>>::recall(event).event()
    }
}

/// Stands before a retired event where only written ones may stand, so that the compiler says why.
#[doc(hidden)]
#[derive(Debug)]
pub struct Retired<A>(std::marker::PhantomData<A>);

/// Nothing has it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{E}` is retired: it is read, and never written",
    label = "a retired event",
    note = "write the event that took its place, and list this one in `retired(…)`; in a test, `history![…]` may hold retired events"
)]
pub trait NeverWritten<E> {
    /// Cannot be called.
    fn never<T>(event: E) -> T;
}

impl<A: Aggregate> Passes for Sink<'_, A> {
    fn passes(&self) -> bool {
        matches!(self, Self::State(_))
    }
}

/// Whether a stored event is of one of these types: it is then passed over unread, once its version is known to be declared.
///
/// # Errors
///
/// When it is of one of these types, in a version that was never declared.
#[doc(hidden)]
pub fn passed_over(types: &'static [EventType], stored: &Stored<'_>) -> Result<bool, DecodeError> {
    match types.iter().find(|event| event.is_named(stored.name)) {
        None => Ok(false),
        Some(event) if (1..=event.version).contains(&stored.version) => Ok(true),
        Some(event) => Err(decoding::unknown_version(stored, event)),
    }
}

/// The event type of an aggregate whose list of events could not be read.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq)]
pub enum NoEvent {}

impl Encode for NoEvent {
    fn event_type(&self) -> &'static EventType {
        match *self {}
    }

    fn encode(&self, _: &mut Vec<u8>) -> Result<(), crate::EncodeError> {
        match *self {}
    }
}

/// A state that can be kept as a snapshot.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a snapshot keeps the state of `{Self}`, which is not serde",
    label = "needs `Serialize` and `Deserialize`",
    note = "derive `serde::Serialize` and `serde::Deserialize` on `{Self}`, or leave `snapshot(…)` out"
)]
pub trait SnapshotState: Sized {
    /// Writes it; `None` when it has no JSON that would be read again as the same.
    fn encode_state(&self) -> Option<Vec<u8>>;
    /// Reads it; `None` when it cannot be read.
    fn decode_state(state: &[u8]) -> Option<Self>;
    /// What it reads, nested types and all.
    fn shape() -> String;
}

#[diagnostic::do_not_recommend]
impl<T: serde::Serialize + serde::de::DeserializeOwned> SnapshotState for T {
    fn encode_state(&self) -> Option<Vec<u8>> {
        crate::json::to_vec(self).ok()
    }

    fn decode_state(state: &[u8]) -> Option<Self> {
        serde_json::from_slice(state).ok()
    }

    fn shape() -> String {
        crate::shape::shape_of::<T>()
    }
}

/// The fingerprint of an aggregate's state, where that is kept in snapshots.
#[doc(hidden)]
#[must_use]
pub const fn snapshot_of<A: Aggregate>() -> Option<fn() -> Fingerprint> {
    match &A::SNAPSHOT {
        Some(policy) => Some(policy.fingerprint),
        None => None,
    }
}

/// What must be the same for a snapshot to be read: the state's declaration, the shape of all types in it, the stored types that lead to
/// it, and the user's own version.
#[doc(hidden)]
#[must_use]
pub fn snapshot_fingerprint<A: Aggregate + SnapshotState>(
    schema: &str,
    version: u16,
) -> Fingerprint {
    let mut parts = vec![schema.to_owned(), A::shape(), version.to_string()];
    for listed in A::DESCRIPTOR.events {
        for event in listed.types {
            parts.push(format!("{:?}", listed.role));
            parts.extend(reading_of(event));
        }
    }
    Fingerprint::of(parts.iter().map(String::as_bytes))
}

/// What an event was declared to be read as: under which names, from which versions and how, and as what.
fn reading_of(event: &EventType) -> Vec<String> {
    let mut words = vec![
        event.name.to_owned(),
        event.version.to_string(),
        event.older.to_owned(),
    ];
    words.extend(event.aliases.iter().map(|&alias| alias.to_owned()));
    match event.status {
        EventStatus::Current => words.push("current".to_owned()),
        EventStatus::Retired => words.push("retired".to_owned()),
        EventStatus::Dropped => words.push("dropped".to_owned()),
        EventStatus::Split { parts } => {
            for part in parts {
                words.push("split into".to_owned());
                words.extend(part.iter().flat_map(reading_of));
            }
        }
    }
    words
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

/// The same for a retired event, asked only where it is folded: what is split or dropped needs no `Apply`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{A}` does not apply `{Self}`, which is retired and still read",
    label = "no `Apply<{Self}>` for `{A}`",
    note = "write `impl Apply<{Self}> for {A} {{ fn apply(&mut self, event: &{Self}) {{ … }} }}`, or retire it with `retired(into(…))` or `retired(drop)`"
)]
pub trait StillAppliedBy<A> {
    /// Applies.
    fn apply_to(&self, state: &mut A);
}

#[diagnostic::do_not_recommend]
impl<A: Apply<E>, E> StillAppliedBy<A> for E {
    #[inline]
    fn apply_to(&self, state: &mut A) {
        state.apply(self);
    }
}

/// `Clone` of a part of a generated enum, asked only where the enum is cloned.
#[doc(hidden)]
pub trait CloneEvent<E> {
    /// Clones.
    fn clone_event(self) -> E;
}

impl<E: Clone> CloneEvent<E> for &E {
    fn clone_event(self) -> E {
        self.clone()
    }
}
