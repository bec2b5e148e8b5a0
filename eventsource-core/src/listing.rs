//! What generated code asks of the types that an attribute names.
//!
//! One mistake is to be one error, at the type's own name. So generated code asks everything of a listed event through one trait,
//! [`ReplayInto`](crate::event::ReplayInto), with the user's tokens as the type: the compiler says the same thing once. A command, and the aggregate
//! that it goes to, are named once, as `<Open as SentTo<Account>>::Command`; where they are no such thing, there is nothing to go on with.

use std::convert::Infallible;
use std::error::Error;
use std::fmt::Display;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::DeserializeOwned;

use crate::aggregate::{NeverWritten, NoEvent, Retired, Sink, StillAppliedBy};
use crate::event::{DecodeError, EventType, Passes, ReplayInto, Stored};
use crate::process::StillReactedBy;
use crate::projection::{EventContext, StillProjectedBy};
use crate::registry::AggregateDescriptor;
use crate::{Aggregate, Command, Event};

/// The aggregate that a command goes to.
pub trait Decides {
    /// Itself.
    type Aggregate: Aggregate;
}

impl<A: Aggregate> Decides for A {
    type Aggregate = A;
}

/// A command that an aggregate lists.
pub trait SentTo<A> {
    /// Itself.
    type Command: Command;
}

impl<A, C: Command<Aggregate: Receives<A, C>>> SentTo<A> for C {
    type Command = C;
}

/// An aggregate that handles the command.
///
/// Written by `#[derive(Aggregate)]`, for each command of its list. Of a command that is listed under two names, rustc says that there are two
/// implementations of this trait: its name says the rest.
pub trait ListsEachCommandOnce<C> {
    /// The enum of the listed commands; the command itself where there is none.
    type As;

    /// As that.
    fn list(command: C) -> Self::As;
}

/// A command that is read by its name, as a variant of the enum of its aggregate's commands.
///
/// As a bound over any lifetime it is taken for granted by the implementation on which it stands, and asked of whoever uses that.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is read as a part of `command_enum`, and is not serde",
    label = "needs `Deserialize`",
    note = "write `#[derive(serde::Deserialize)]` on `{Self}`, or leave `command_enum = …` out of the aggregate's attribute"
)]
pub trait ReadByName<'a>: DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> ReadByName<'_> for T {}

/// Asks it of a command.
pub fn read_by_name<C: for<'a> ReadByName<'a>>() {}

/// A command that is no enum of an aggregate's commands.
///
/// Written by `#[derive(Command)]`.
pub trait SingleCommand {}

/// The aggregate of a command that does not say which, so that this is the one mistake: whoever lists the command is meant.
#[derive(Debug)]
pub enum NoAggregate {}

impl Aggregate for NoAggregate {
    type Id = String;
    type Event = NoEvent;
    type Error = Infallible;

    const NAME: &'static str = "";

    const DESCRIPTOR: &'static AggregateDescriptor = &AggregateDescriptor {
        name: "",
        rust_name: "",
        file: "",
        line: 0,
        events: &[],
        commands: &[],
        ignores_unknown: false,
        shown_id: |_| None,
        snapshot: None,
        docs: "",
    };

    fn initial() -> Self {
        unreachable!("the program has mistakes, and was not compiled")
    }

    fn apply_event(&mut self, _: &NoEvent) {}

    fn read(_: &Stored<'_>, _: &mut Sink<'_, Self>) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// The aggregate that a command goes to is the one that lists it.
#[diagnostic::on_unimplemented(
    message = "`{C}` goes to `{Self}`, and stands in the list of `{A}`",
    label = "a command of `{Self}`",
    note = "list it in `commands(…)` of `{Self}`, or write `#[command(aggregate = {A})]` on `{C}`"
)]
pub trait Receives<A, C> {}

impl<A: Declared, C> Receives<A, C> for A {}

impl<A, C> Receives<A, C> for NoAggregate {}

/// An aggregate that is one, which [`NoAggregate`] is not.
///
/// Written by `#[derive(Aggregate)]`.
pub trait Declared {}

/// What can be the id of an aggregate, behind a reference of any lifetime: rustc then asks it once, where the id is named, before it asks what
/// [`Aggregate::Id`] has to be, and goes on without asking that when the answer is no.
pub trait CanBeTheId {}

impl<T: WrittenId + ReadId> CanBeTheId for &T {}

/// An id that a stream's name can be made of.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the id of an aggregate: it cannot be written into a stream's name",
    label = "`id = {Self}` needs `Display`",
    note = "write `impl std::fmt::Display for {Self}`, which writes what its `FromStr` reads, or choose another type, such as `id = String`"
)]
pub trait WrittenId {}

#[diagnostic::do_not_recommend]
impl<T: Display> WrittenId for T {}

/// An id that can be read from a stream's name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the id of an aggregate: it cannot be read from a stream's name",
    label = "`id = {Self}` needs `FromStr`",
    note = "write `impl std::str::FromStr for {Self}`, which reads what its `Display` writes, or choose another type, such as `id = String`"
)]
pub trait ReadId {}

#[diagnostic::do_not_recommend]
impl<T: FromStr> ReadId for T {}

/// What can be the error of an aggregate, asked as [`CanBeTheId`] is.
pub trait CanBeTheError {}

impl<T: Refusal> CanBeTheError for &T {}

/// An error.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error of an aggregate: it is not an error",
    label = "`error = {Self}` needs `std::error::Error`",
    note = "derive `thiserror::Error` and `Debug` on `{Self}`, or write `impl std::error::Error for {Self} {{}}` beside its `Debug` and `Display`; or name a type that is an error, `error = std::convert::Infallible` where nothing is refused"
)]
pub trait Refusal {}

#[diagnostic::do_not_recommend]
impl<T: Error> Refusal for T {}

/// A struct event that is retired: it is read, and never written.
///
/// Written by `#[derive(Event)]`.
pub trait NoLongerWritten {}

/// An event in the list of those that an aggregate writes. `(&Entry::<A, E>::NEW).check()` compiles unless the event is retired.
#[derive(Debug)]
pub struct Entry<A, E>(PhantomData<fn() -> (A, E)>);

impl<A, E> Entry<A, E> {
    /// The entry.
    pub const NEW: Self = Self(PhantomData);
}

/// Taken for a retired event.
pub trait RetiredEntry<A, E> {
    /// Cannot be called.
    fn check(&self)
    where
        Retired<A>: NeverWritten<E>,
    {
    }
}

impl<A, E: NoLongerWritten> RetiredEntry<A, E> for Entry<A, E> {}

/// Taken for all others.
pub trait AnyEntry {
    /// Nothing.
    fn check(&self) {}
}

impl<A, E> AnyEntry for &Entry<A, E> {}

/// An event of which no value is folded: it is split, or dropped.
///
/// Written by `#[derive(Event)]`.
pub trait NeverFolded {}

/// An event in the list of those that are only read. `(&&Past::<E>::NEW).apply(event, state)` asks for an `Apply` unless the event is never folded,
/// and so do the others for a projection and a process manager. Of a type that is no event, that is said elsewhere.
#[derive(Debug)]
pub struct Past<E>(PhantomData<fn() -> E>);

impl<E> Past<E> {
    /// The entry.
    pub const NEW: Self = Self(PhantomData);
}

/// Taken for an event that is never folded.
pub trait NotFolded<E> {
    /// Nothing.
    fn apply<A>(&self, _: &E, _: &mut A) {}
    /// Nothing.
    fn project<P>(&self, _: &E, _: &mut P, _: &EventContext<'_>) {}
    /// Nothing.
    fn react<P>(&self, _: &E, _: &mut P, _: &EventContext<'_>) {}
}

impl<E: NeverFolded> NotFolded<E> for &Past<E> {}

/// Taken for all other events.
pub trait StillFolded<E> {
    /// Applies it.
    fn apply<A>(&self, event: &E, state: &mut A)
    where
        E: StillAppliedBy<A>,
    {
        event.apply_to(state);
    }

    /// Projects it.
    fn project<P>(&self, event: &E, row: &mut P, context: &EventContext<'_>)
    where
        E: StillProjectedBy<P>,
    {
        event.project_to(row, context);
    }

    /// Reacts to it.
    fn react<P>(&self, event: &E, instance: &mut P, context: &EventContext<'_>)
    where
        E: StillReactedBy<P>,
    {
        event.react_to(instance, context);
    }
}

impl<E: Event> StillFolded<E> for &&Past<E> {}

/// Taken for what is no event.
pub trait NoSuchEvent<E> {
    /// Nothing.
    fn apply<A>(&self, _: &E, _: &mut A) {}
    /// Nothing.
    fn project<P>(&self, _: &E, _: &mut P, _: &EventContext<'_>) {}
    /// Nothing.
    fn react<P>(&self, _: &E, _: &mut P, _: &EventContext<'_>) {}
}

impl<E> NoSuchEvent<E> for Past<E> {}

/// The one event of an aggregate, which is the aggregate's event type: that it is an event is asked there.
#[derive(Debug)]
pub struct Only<E>(PhantomData<E>);

impl<E: Event> Only<E> {
    /// The stored types that it reads.
    pub const READS: &'static [EventType] = E::TYPES;

    /// Reads a stored event and gives it to the reader. `false`: it is not of this type.
    ///
    /// # Errors
    ///
    /// When it is of this type and cannot be read.
    #[inline]
    pub fn read<R>(stored: &Stored<'_>, reader: &mut R) -> Result<bool, DecodeError>
    where
        E: ReplayInto<R>,
    {
        E::read(stored, reader)
    }

    /// The same for an event that the reader ignores.
    ///
    /// # Errors
    ///
    /// When it is of this type and cannot be read, or its version was never declared.
    pub fn pass<R: Passes>(stored: &Stored<'_>, reader: &mut R) -> Result<bool, DecodeError>
    where
        E: ReplayInto<R>,
    {
        E::pass(stored, reader)
    }
}

/// Taken for what is no event.
pub trait OnlyWithoutEvent {
    /// Nothing.
    const READS: &'static [EventType] = &[];

    /// Nothing.
    ///
    /// # Errors
    ///
    /// Never.
    fn read<R>(_: &Stored<'_>, _: &mut R) -> Result<bool, DecodeError> {
        Ok(false)
    }

    /// Nothing.
    ///
    /// # Errors
    ///
    /// Never.
    fn pass<R>(_: &Stored<'_>, _: &mut R) -> Result<bool, DecodeError> {
        Ok(false)
    }
}

impl<E> OnlyWithoutEvent for Only<E> {}
