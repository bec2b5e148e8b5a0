//! What generated code asks of the types that stand in a list, or behind `aggregate =`.
//!
//! Generated code names each such type once, as `<Opened as Listed<Account>>::Event`, and goes on with what that gives. Where the type is not what
//! it is listed as, there is nothing to go on with: the compiler says so once, at the type, and nothing else fails because of it.

use crate::aggregate::Written;
use crate::{Aggregate, Command, Event};

/// An event that an aggregate lists among those that it writes.
pub trait Listed<A> {
    /// Itself.
    type Event: Event;
}

impl<A, E: Written<A>> Listed<A> for E {
    type Event = E;
}

/// An event that is read.
pub trait Read {
    /// Itself.
    type Event: Event;
}

impl<E: Event> Read for E {
    type Event = E;
}

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
