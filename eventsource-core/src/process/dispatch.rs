//! Carrying out what waits in an outbox.

use std::fmt;

use super::{Effects, Origin, ReactContext, Rejected, ReturnsTo};
use crate::app::Executor;
use crate::event::Stored;
use crate::projection::{EventContext, FoldCause, KeyColumn, RowChanges, guarded};
use crate::store::{AnyStore, BoxFuture, OutboxEntry, Row, StoreError, StoreErrorKind};
use crate::{Aggregate, Command, Decoded, ExecuteError, Handle, Projection};

/// Carries commands out on behalf of process managers.
pub struct Dispatcher(pub(crate) Executor<AnyStore>);

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatcher").finish_non_exhaustive()
    }
}

/// The reaction of an instance to a refusal, waiting for the instance's row. `None`: the instance has ended.
pub type Reaction = Box<dyn FnOnce(Option<Row>) -> Result<Option<RowChanges>, FoldCause> + Send>;

/// What came of a command.
pub enum Dispatched {
    /// It was carried out, now or before.
    Done,
    /// It could not be tried to the end: it is to be tried again.
    Later(Box<dyn std::error::Error + Send + Sync>),
    /// It was refused for good, for this reason, and nobody reacts to that.
    Refused(String),
    /// It was refused for good, for this reason, and the instance reacts.
    Rejected(String, Reaction),
}

impl fmt::Debug for Dispatched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Done => "Done",
            Self::Later(_) => "Later",
            Self::Refused(_) => "Refused",
            Self::Rejected(..) => "Rejected",
        })
    }
}

/// What an attempt came to.
enum Attempt<C: Command> {
    Over(Dispatched),
    Refused(C, ExecuteError<<C::Aggregate as Aggregate>::Error>),
}

/// Carries out a command that nobody takes back.
pub fn dispatch<'a, C>(
    dispatcher: &'a Dispatcher,
    entry: &'a OutboxEntry,
) -> BoxFuture<'a, Dispatched>
where
    C: Command,
    C::Aggregate: Handle<C>,
{
    Box::pin(async move {
        match attempt::<C>(dispatcher, entry).await {
            Attempt::Over(outcome) => outcome,
            Attempt::Refused(_, error) => Dispatched::Refused(error.to_string()),
        }
    })
}

/// Carries out a command whose refusal its instance reacts to.
pub fn dispatch_or_react<'a, P, C>(
    dispatcher: &'a Dispatcher,
    entry: &'a OutboxEntry,
) -> BoxFuture<'a, Dispatched>
where
    P: Projection,
    C: Command,
    C::Aggregate: Handle<C>,
    Rejected<C>: ReturnsTo<P>,
{
    Box::pin(async move {
        match attempt::<C>(dispatcher, entry).await {
            Attempt::Over(outcome) => outcome,
            Attempt::Refused(command, error) => {
                let reason = error.to_string();
                let rejected = Rejected::new(command, error);
                let entry = entry.clone();
                let reaction: Reaction = Box::new(move |row| react::<P, C>(&rejected, &entry, row));
                Dispatched::Rejected(reason, reaction)
            }
        }
    })
}

async fn attempt<C>(dispatcher: &Dispatcher, entry: &OutboxEntry) -> Attempt<C>
where
    C: Command,
    C::Aggregate: Handle<C>,
{
    let refused = |reason: String| Attempt::Over(Dispatched::Refused(reason));
    let stored = Stored {
        name: &entry.command,
        version: entry.schema_version,
        payload: &entry.payload,
    };
    let command = match C::decode(&stored) {
        Ok(Decoded::Event(command)) => command,
        Ok(_) => {
            return refused(format!(
                "this program does not know the command {}",
                entry.command
            ));
        }
        Err(error) => return refused(error.to_string()),
    };
    let Some(origin) = Origin::decode(&entry.origin) else {
        return refused("what it follows from is not what this program writes".to_owned());
    };
    let metadata = origin.metadata(entry.id);
    let executed = dispatcher.0.execute(command.clone(), metadata, None).await;
    match executed {
        // The id is made from what led to the command: whoever used it was another version of the process, which sent its own.
        Ok(_) | Err(ExecuteError::CommandIdReused { .. }) => Attempt::Over(Dispatched::Done),
        Err(
            error @ (ExecuteError::Rejected(_)
            | ExecuteError::AlreadyExists { .. }
            | ExecuteError::NotFound { .. }
            | ExecuteError::Id { .. }
            | ExecuteError::Encode { .. }
            | ExecuteError::Constraint { .. }),
        ) => Attempt::Refused(command, error),
        // It would be the same at every attempt, and what the instance knows does not help: an operator has to look.
        Err(error @ (ExecuteError::Decode { .. } | ExecuteError::Fold { .. })) => {
            refused(error.to_string())
        }
        Err(ExecuteError::Store(error)) if is_of_the_command(&error) => refused(error.to_string()),
        Err(error) => Attempt::Over(Dispatched::Later(error.to_string().into())),
    }
}

/// Whether a store refuses what it was given, so that it would do so at every attempt.
fn is_of_the_command(error: &StoreError) -> bool {
    matches!(
        error.kind(),
        StoreErrorKind::TooLarge | StoreErrorKind::Invalid
    )
}

/// It runs in the runner's own task: what panics, be it in the reaction or in the instance's serde, is the command's failure.
pub(super) fn react<P, C>(
    rejected: &Rejected<C>,
    entry: &OutboxEntry,
    row: Option<Row>,
) -> Result<Option<RowChanges>, FoldCause>
where
    P: Projection,
    C: Command,
    Rejected<C>: ReturnsTo<P>,
{
    let (Some(row), Some(origin)) = (row, Origin::decode(&entry.origin)) else {
        return Ok(None);
    };
    guarded(|| changes_by::<P, C>(rejected, entry, row, &origin).map(Some))
}

fn changes_by<P, C>(
    rejected: &Rejected<C>,
    entry: &OutboxEntry,
    row: Row,
    origin: &Origin,
) -> Result<RowChanges, FoldCause>
where
    P: Projection,
    C: Command,
    Rejected<C>: ReturnsTo<P>,
{
    let effects = Effects::new(P::DESCRIPTOR, entry.id, 0, entry.instance.clone());
    let context = EventContext::new(origin.recorded());
    context.act(effects);
    let mut instance = P::from_row(row)?;
    rejected.return_to(&mut instance, &mut ReactContext::new(&context));
    if context.metadata_unreadable() {
        return Err(FoldCause::Metadata);
    }
    let mut changes = RowChanges::default();
    if context.take_deleted() {
        changes.deletes.push(entry.instance.clone());
    } else {
        let row = KeyColumn::of::<P>().row(&instance, &entry.instance)?;
        changes.upserts.push(row);
    }
    if let Some(effects) = context.take_effects() {
        changes.add(effects)?;
    }
    Ok(changes)
}
