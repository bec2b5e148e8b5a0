//! What generated code asks of the commands that a process manager lists.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{ReactContext, Rejected, dispatch, dispatch_or_react};
use crate::registry::{Dispatch, SentCommand};
use crate::{Command, Handle, Projection, React};

/// A command that a process manager lists, named once: where it is none, there is nothing to go on with.
pub trait Sends {
    /// Itself.
    type Command: Command;
}

impl<C: Command> Sends for C {
    type Command = C;
}

/// A command that can wait in an outbox.
///
/// Written by `#[derive(Command)]`, where a name is given.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is sent by a process manager, and has no name to wait under in its outbox",
    label = "needs a `name`",
    note = "write `#[command(…, name = \"…\")]` on `{Self}`, and derive `serde::Serialize` and `serde::Deserialize`: what waits in an outbox is stored"
)]
pub trait Outgoing: Command {}

/// A command that is serde.
#[diagnostic::on_unimplemented(
    message = "`{C}` is sent by a process manager, and is not serde: it waits in an outbox as JSON",
    label = "needs `Serialize` and `Deserialize`",
    note = "derive both on `{C}`: `#[derive(serde::Serialize, serde::Deserialize)]`"
)]
pub trait KeptAsJson<C> {}

#[diagnostic::do_not_recommend]
impl<C: Serialize + DeserializeOwned> KeptAsJson<C> for &C {}

/// How a listed command is carried out.
pub trait CarriedOut {
    /// Its entry in the process manager's descriptor.
    const SENT: SentCommand;
}

impl<C: Outgoing> CarriedOut for C
where
    C::Aggregate: Handle<C>,
{
    const SENT: SentCommand = SentCommand {
        command: C::DESCRIPTOR,
        dispatch: dispatch::<C>,
    };
}

impl SentCommand {
    /// Carried out in this way instead.
    #[must_use]
    pub const fn by(self, dispatch: Dispatch) -> Self {
        Self {
            command: self.command,
            dispatch,
        }
    }
}

/// A rejected command, seen from the process manager that lists it.
#[diagnostic::on_unimplemented(
    message = "`{P}` does not react to `{Self}`",
    label = "no `React<{Self}>` for `{P}`",
    note = "write `impl React<{Self}> for {P} {{ fn react(&mut self, rejected: &{Self}, context: &mut ReactContext<'_, Self>) {{ … }} }}`, or leave it out: the command is then parked, and shown in `status`"
)]
pub trait ReturnsTo<P> {
    /// Reacts.
    fn return_to(&self, instance: &mut P, context: &mut ReactContext<'_, P>);
}

#[diagnostic::do_not_recommend]
impl<P: React<Self>, C: Command> ReturnsTo<P> for Rejected<C> {
    fn return_to(&self, instance: &mut P, context: &mut ReactContext<'_, P>) {
        instance.react(self, context);
    }
}

/// How a listed command is carried out that comes back when it is rejected.
pub trait Returns<P> {
    /// The function.
    const DISPATCH: Dispatch;
}

impl<P, C> Returns<P> for Rejected<C>
where
    P: Projection,
    C: Command,
    C::Aggregate: Handle<C>,
    Rejected<C>: ReturnsTo<P>,
{
    const DISPATCH: Dispatch = dispatch_or_react::<P, C>;
}

/// What stands in for a process manager with mistakes, so that what it sends is not another.
#[diagnostic::do_not_recommend]
impl<P: SendsAnything, C: Command> super::SentBy<P> for C {}

/// Written by `#[derive(ProcessManager)]`, where there are mistakes.
pub trait SendsAnything {}
