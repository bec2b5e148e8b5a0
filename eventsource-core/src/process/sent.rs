//! What generated code asks of the commands that a process manager lists.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{ReactContext, Rejected, dispatch, dispatch_or_react};
use crate::registry::{Dispatch, SentCommand};
use crate::{Command, Handle, Projection, React};

/// A command that can wait in an outbox.
///
/// Written by `#[derive(Command)]`, where a name is given.
pub trait Outgoing {}

/// A command that is serde.
#[diagnostic::on_unimplemented(
    message = "`{C}` is sent by a process manager, and is not serde: it waits in an outbox as JSON",
    label = "needs `Serialize` and `Deserialize`",
    note = "derive what `{C}` lacks of the two: `#[derive(serde::Serialize, serde::Deserialize)]`"
)]
pub trait KeptAsJson<C> {}

#[diagnostic::do_not_recommend]
impl<C: Serialize + DeserializeOwned> KeptAsJson<C> for &C {}

/// An aggregate that a command can be sent to. Asked of the aggregate, so that of what is no command nothing more is asked.
pub trait Receives<C>: Handle<C> {}

impl<A: Handle<C>, C: Outgoing> Receives<C> for A {}

/// A command that can be kept in an outbox, and carried out from there. What is missing is said here, where the compiler begins to look.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot wait in an outbox: it is not a command with a name to be stored under",
    label = "needs a `name`",
    note = "write `#[derive(Command, Clone, serde::Serialize, serde::Deserialize)]` and `#[command(aggregate = …, name = \"…\")]` on `{Self}`"
)]
pub trait CarriedOut: Sized {
    /// How.
    const SENDING: Sending<Self>;
}

/// How a command is sent.
#[derive(Debug)]
pub struct Sending<C> {
    /// Its entry in the process manager's descriptor.
    pub sent: SentCommand,
    /// Its JSON.
    pub(super) content: fn(C) -> Option<Vec<u8>>,
}

impl<C: Command<Aggregate: Receives<C>>> CarriedOut for C {
    const SENDING: Sending<C> = Sending {
        sent: SentCommand {
            command: C::DESCRIPTOR,
            dispatch: dispatch::<C>,
        },
        content: |command| command.content(),
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

/// A rejected command that its process manager reacts to.
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
#[diagnostic::on_unimplemented(
    message = "`{P}` does not react to `Rejected<{C}>`",
    label = "no `React<Rejected<{C}>>` for `{P}`",
    note = "write `impl React<Rejected<{C}>> for {P} {{ fn react(&mut self, rejected: &Rejected<{C}>, context: &mut ReactContext<'_, Self>) {{ … }} }}`, or leave it out: the command is then parked, and shown in `status`"
)]
pub trait Returns<P, C> {
    /// The function.
    const DISPATCH: Dispatch;
}

impl<P, C> Returns<P, C> for Rejected<C>
where
    P: Projection,
    C: Command<Aggregate: Handle<C>>,
    Rejected<C>: ReturnsTo<P>,
{
    const DISPATCH: Dispatch = dispatch_or_react::<P, C>;
}

/// A process manager that sends the command.
///
/// Written by `#[derive(ProcessManager)]`, for each command of its list. Of a command that is listed under two names, rustc says that there are two
/// implementations of this trait: its name says the rest.
pub trait SendsEachCommandOnce<C> {
    /// How it is sent.
    const SENDING: Sending<C>;
}
