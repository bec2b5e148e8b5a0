//! Projections that are folded in the append's own transaction, as far as the start has to see to them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use super::StartError;
use crate::Position;
use crate::backoff::Backoff;
use crate::registry::ProjectionDescriptor;
use crate::runner::{Crew, Progress, Runner};
use crate::store::{EventStore, Lease, StoreError, StoreErrorKind, ViewStoreError, ViewTable};

/// A projection whose table is open, and what it takes to feed it.
pub(super) struct Starting<'a, S> {
    pub(super) crew: &'a Crew<S>,
    pub(super) table: &'a Arc<ViewTable>,
    pub(super) descriptor: &'static ProjectionDescriptor,
}

impl<S: EventStore> Starting<'_, S> {
    /// Feeds the table up to the log's end and has every append fold it from then on. Returns the checkpoint.
    pub(super) async fn begin(&self) -> Result<Position, StartError> {
        self.remove_what_is_left_of_a_rebuild().await;
        self.catch_up().await?;
        let made = self.crew.views.make_immediate(self.table).await;
        made.map_err(|error| match error {
            ViewStoreError::Store(error) if error.kind() == StoreErrorKind::Unsupported => {
                StartError::Immediate {
                    projection: self.descriptor.name,
                }
            }
            error => error.into(),
        })?;
        // What others appended before they were told.
        self.catch_up().await
    }

    /// A program that died while it rebuilt the table may have left appends something to fold that nobody will read. What another program is
    /// still at has a lease.
    async fn remove_what_is_left_of_a_rebuild(&self) {
        let (views, shadow) = (&self.crew.views, self.table.shadow());
        let free = views
            .lease(&shadow, self.crew.holder, self.crew.lease)
            .await;
        if let Ok(Lease::Held { .. }) = free {
            let _ = views.discard(&shadow).await;
        }
    }

    /// Feeds the table up to where the log ends now, with a runner of its own.
    async fn catch_up(&self) -> Result<Position, StartError> {
        let head = self.crew.store.head().await?;
        let checkpoint = self.crew.views.checkpoint(self.table).await?;
        if checkpoint >= head {
            return Ok(checkpoint);
        }
        let (progress, watched) = watch::channel(Progress::at(checkpoint));
        let (stop, stopped) = watch::channel(false);
        let table = Arc::clone(self.table);
        let duty = self.crew.duty(self.descriptor, table, progress, stopped);
        let runner = Runner::new(duty, checkpoint);
        // Where this start is given up, `stop` is dropped, which ends the runner too.
        let running = tokio::spawn(runner.run());
        let reached = self.reach(head, watched).await;
        stop.send_replace(true);
        // However it ended, the checkpoint says how far it came.
        let _ = running.await;
        reached
    }

    /// Waits until the stored checkpoint has passed a position, whoever moves it.
    async fn reach(
        &self,
        head: Position,
        mut progress: watch::Receiver<Progress>,
    ) -> Result<Position, StartError> {
        let mut looks = Backoff::new(Duration::from_millis(4), Duration::from_millis(100));
        let mut runner_is_gone = false;
        loop {
            let checkpoint = self.crew.views.checkpoint(self.table).await?;
            if checkpoint >= head {
                return Ok(checkpoint);
            }
            if let Some(error) = progress.borrow_and_update().stopped() {
                return Err(error.clone().into());
            }
            if runner_is_gone {
                return Err(self.interrupted());
            }
            // Another program may feed it, of which this one hears nothing.
            let told = timeout(looks.next(), progress.changed()).await;
            runner_is_gone = matches!(told, Ok(Err(_)));
        }
    }

    fn interrupted(&self) -> StartError {
        StartError::Store(StoreError::new(
            StoreErrorKind::Unavailable,
            format!("projection {}", self.descriptor.name),
            "the task that was to feed it up to the log's end has ended before, with its runtime: start again in one that goes on",
        ))
    }
}
