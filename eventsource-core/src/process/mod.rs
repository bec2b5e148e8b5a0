//! Process managers: what carries work from one stream to another.
//!
//! A process manager is a read model whose rows also act: an instance is a row, found by its key, and its reactions send commands, besides
//! changing it. What they send is kept in an outbox, in the transaction of the rows and the checkpoint, and carried out from there under an id
//! that is made from the process, the event and the instance, so that it is carried out once, whatever crashes when.

mod context;
mod dispatch;
mod effects;
mod rejected;
mod sent;

pub use context::{ReactContext, Scheduled};
pub use dispatch::{Dispatched, Dispatcher, Reaction, dispatch, dispatch_or_react};
pub use rejected::Rejected;
#[doc(hidden)]
pub use sent::{
    CarriedOut, KeptAsJson, Outgoing, Returns, ReturnsTo, Sending, SendsEachCommandOnce,
};

pub(crate) use effects::{Effects, Origin};

use crate::Projection;
use crate::projection::EventContext;
use crate::registry::ProcessDescriptor;

/// A process manager: instances with state, which react to events by sending commands.
///
/// Written by `#[derive(ProcessManager)]`. Its instances are rows of a table, so it is a [`Projection`] too, and `App::view` shows them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a process manager",
    label = "not a process manager",
    note = "write `#[derive(ProcessManager, Default)]` and `#[process_manager(name = \"…\", version = 1, from = now, events(…), commands(…))]` on `{Self}`"
)]
pub trait ProcessManager: Projection {
    /// What it sends, and where in the log a new one begins.
    #[doc(hidden)]
    const PROCESS: &'static ProcessDescriptor;
}

/// How an instance reacts to an event.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not react to `{E}`",
    label = "no `React<{E}>` for `{Self}`",
    note = "write `impl React<{E}> for {Self} {{ fn react(&mut self, event: &{E}, context: &mut ReactContext<'_, Self>) {{ … }} }}`, or list it as `ignore({E})`"
)]
pub trait React<E>: Sized {
    /// Changes the instance, and sends commands through the context.
    ///
    /// It must depend on nothing but the instance, the event and the context: after a crash it runs again, and has to come to the same.
    fn react(&mut self, event: &E, context: &mut ReactContext<'_, Self>);
}

/// An event seen from the process manager that lists it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{P}` does not react to `{Self}`",
    label = "no `React<{Self}>` for `{P}`",
    note = "write `impl React<{Self}> for {P} {{ fn react(&mut self, event: &{Self}, context: &mut ReactContext<'_, Self>) {{ … }} }}`, or list it as `ignore({Self})`"
)]
pub trait ReactedBy<P> {
    /// Reacts.
    fn react_to(&self, instance: &mut P, context: &EventContext<'_>);
}

#[diagnostic::do_not_recommend]
impl<P: React<E>, E> ReactedBy<P> for E {
    #[inline]
    fn react_to(&self, instance: &mut P, context: &EventContext<'_>) {
        instance.react(self, &mut ReactContext::new(context));
    }
}

/// A retired event, asked only where it is reacted to: what is split or dropped needs no `React`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{P}` does not react to `{Self}`, which is retired and still read",
    label = "no `React<{Self}>` for `{P}`",
    note = "write `impl React<{Self}> for {P} {{ fn react(&mut self, event: &{Self}, context: &mut ReactContext<'_, Self>) {{ … }} }}`, or retire it with `retired(into(…))` or `retired(drop)`"
)]
pub trait StillReactedBy<P> {
    /// Reacts.
    fn react_to(&self, instance: &mut P, context: &EventContext<'_>);
}

#[diagnostic::do_not_recommend]
impl<P: React<E>, E> StillReactedBy<P> for E {
    fn react_to(&self, instance: &mut P, context: &EventContext<'_>) {
        instance.react(self, &mut ReactContext::new(context));
    }
}

/// A command that a process manager lists in `commands(…)`.
///
#[diagnostic::on_unimplemented(
    message = "`{P}` does not send `{Self}`",
    label = "not in the list of what `{P}` sends",
    note = "add it to the list: `#[process_manager(…, commands(…, {Self}))]` on `{P}`"
)]
pub trait SentBy<P>: Sized {
    /// How it is sent.
    #[doc(hidden)]
    const SENDING: Sending<Self>;
}

#[diagnostic::do_not_recommend]
impl<P: SendsEachCommandOnce<C>, C> SentBy<P> for C {
    const SENDING: Sending<C> = <P as SendsEachCommandOnce<C>>::SENDING;
}
