//! What generated code asks of the types that an attribute names.
//!
//! One mistake is to be one error, at the type's own name. So generated code asks everything of a listed event through one trait,
//! [`ReplayInto`](crate::event::ReplayInto), with the user's tokens as the type: the compiler says the same thing once. A command, and the aggregate
//! that it goes to, are named once, as `<Open as SentTo<Account>>::Command`; where they are no such thing, there is nothing to go on with.

use std::marker::PhantomData;

use crate::aggregate::{NeverWritten, Retired};
use crate::{Aggregate, Command};

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

/// The aggregate that a command goes to is the one that lists it.
#[diagnostic::on_unimplemented(
    message = "`{C}` goes to `{Self}`, and stands in the list of `{A}`",
    label = "a command of `{Self}`",
    note = "list it in `commands(…)` of `{Self}`, or write `#[command(aggregate = {A})]` on `{C}`"
)]
pub trait Receives<A, C> {}

impl<A, C> Receives<A, C> for A {}

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
