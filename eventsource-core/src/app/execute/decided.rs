//! Commands that are decided and not yet appended.

use tracing::Instrument as _;

use super::attempt::Attempt;
use super::{Execution, Refusal, stream_of};
use crate::app::{App, ExecuteError, Receipt};
use crate::store::{Commit, EventStore};
use crate::{Command, Handle, Metadata};

/// What a command leads to, by [`App::decide`].
#[derive(Debug)]
pub enum Decided {
    /// Events, to be appended behind those that were decided on.
    Append(Commit),
    /// Nothing to append: the command led to no event, or it was carried out already, by its `command_id`
    /// ([`Receipt::is_repeat`]).
    Done(Receipt),
}

impl<S: EventStore> App<S> {
    /// Decides on a command and appends nothing: for a store that can append in a transaction of your own, together with what else it writes.
    /// The commit holds what [`execute_with`](Self::execute_with) would append: events, metadata, the snapshot where one is due, and the
    /// immediate read models that the append folds.
    ///
    /// Where the append is refused with [`Conflict`](crate::store::AppendError::Conflict), another command went first: decide again.
    ///
    /// ```standalone_crate
    /// # use eventsource_core::prelude::*;
    /// # use eventsource_core::app::Decided;
    /// # use eventsource_core::store::EventStore;
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
    /// # #[event(name = "lamp.lit")]
    /// # struct Lit;
    /// # #[derive(Command, Debug, Clone)]
    /// # #[command(aggregate = Lamp, upserts)]
    /// # struct Light { #[command(id)] lamp: String }
    /// # #[derive(Aggregate, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
    /// # #[aggregate(name = "lamp", id = String, error = std::convert::Infallible, events(Lit), commands(Light))]
    /// # struct Lamp { lit: bool }
    /// # impl Apply<Lit> for Lamp { fn apply(&mut self, _: &Lit) { self.lit = true; } }
    /// # impl Handle<Light> for Lamp {
    /// #     fn handle(&self, _: Light, _: &Context<'_, Self>) -> Decision<Self> { Ok(events![Lit]) }
    /// # }
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let store = MemoryStore::new();
    /// let app = App::start(store.clone()).await?;
    /// match app.decide(Light { lamp: "desk".into() }, Metadata::new()).await? {
    ///     // Or `PostgresStore::append_in(&transaction, &commit)`.
    ///     Decided::Append(commit) => _ = store.append(commit).await?,
    ///     Decided::Done(_) => {}
    /// }
    /// assert!(app.load::<Lamp>(&"desk".into()).await?.state().lit);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// As [`execute_with`](Self::execute_with), but those of an append.
    pub async fn decide<C>(
        &self,
        command: C,
        metadata: Metadata,
    ) -> Result<Decided, ExecuteError<Refusal<C>>>
    where
        C: Command,
        C::Aggregate: Handle<C>,
    {
        if self.inner.is_shut_down() {
            return Err(ExecuteError::ShutDown);
        }
        let stream = stream_of(&command)?;
        let span =
            tracing::debug_span!("decide", command = command.name(), stream = stream.as_str());
        let execution = Execution::new(&self.inner.executor, &command, &metadata, stream, None);
        execution.decided().instrument(span).await
    }
}

impl<S, C> Execution<'_, S, C>
where
    S: EventStore,
    C: Command,
    C::Aggregate: Handle<C>,
{
    async fn decided(&self) -> Result<Decided, ExecuteError<Refusal<C>>> {
        let repeatable = self.metadata.command_id.is_some();
        if repeatable && let Some(receipt) = self.earlier().await? {
            return Ok(Decided::Done(receipt.repeated()));
        }
        match self.decide(None).await {
            Ok((_, decided)) => Ok(decided),
            // The same command may have gone first since the look.
            Err(Attempt::Refused(error)) if repeatable => match self.earlier().await? {
                Some(receipt) => Ok(Decided::Done(receipt.repeated())),
                None => Err(error),
            },
            Err(Attempt::Refused(error) | Attempt::Failed(error)) => Err(error),
            Err(Attempt::Moved { expected, actual }) => Err(self.conflict(expected, actual)),
            Err(Attempt::Unknown(_, source)) => Err(ExecuteError::Store(source)),
        }
    }
}
