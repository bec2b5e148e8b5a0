//! Waiting until all that follows from the log has happened.

use std::time::Duration;

use tokio::time::timeout;

use super::feed::{Feed, Source};
use super::{App, AppError, ProjectionState};
use crate::store::{EventStore, OutboxQuery};

/// How often an outbox that another program empties is looked at.
const LOOKED_AT_EVERY: Duration = Duration::from_millis(20);

impl<S: EventStore> App<S> {
    /// Waits until every projection and process manager has taken what is in the log now, and what the process managers have sent that is due
    /// was carried out, with what follows from that. There is no bound on how long that may be. Commands that are parked, or scheduled for
    /// later, are not waited for.
    ///
    /// # Errors
    ///
    /// [`AppError::Stopped`] with the projection's error when one has stopped.
    pub async fn settled(&self) -> Result<(), AppError> {
        loop {
            if self.inner.is_shut_down() {
                return Err(AppError::ShutDown);
            }
            let dispatched_before = self.dispatched();
            let head = self.inner.store.head().await?;
            for feed in &self.inner.feeds {
                feed.pass(head).await?;
            }
            let mut waited = false;
            for feed in &self.inner.feeds {
                waited |= self.wait_for_outbox(feed).await?;
            }
            // What was carried out meanwhile may have led to more. Of what other programs carry out nobody tells but the log.
            let done_here = !waited && self.dispatched() == dispatched_before;
            if done_here && (!self.is_fed_elsewhere() || self.inner.store.head().await? == head) {
                return Ok(());
            }
        }
    }

    /// Whether another program carries out what a process manager sends.
    fn is_fed_elsewhere(&self) -> bool {
        self.inner.feeds.iter().any(|feed| {
            let fed_here = match &feed.source {
                Source::Runner(progress) => {
                    let progress = progress.borrow();
                    progress.in_charge && !matches!(progress.state, ProjectionState::Standby)
                }
                Source::Stored => false,
            };
            feed.descriptor.process.is_some() && !fed_here
        })
    }

    /// How many commands the process managers of this program have carried out.
    fn dispatched(&self) -> u64 {
        let counts = self.inner.feeds.iter().map(|feed| match &feed.source {
            Source::Runner(progress) => progress.borrow().dispatched,
            Source::Stored => 0,
        });
        counts.fold(0, u64::wrapping_add)
    }

    /// Waits until a process manager's outbox holds nothing that is due. `true`: it did hold something.
    async fn wait_for_outbox(&self, feed: &Feed) -> Result<bool, AppError> {
        if feed.descriptor.process.is_none() {
            return Ok(false);
        }
        let mut waited = false;
        loop {
            let query = OutboxQuery::Due {
                at: self.inner.executor.now(),
                limit: 1,
            };
            let due = feed.views.outbox(feed.descriptor.name, query).await?;
            if due.is_empty() {
                return Ok(waited);
            }
            waited = true;
            if let Source::Runner(progress) = &feed.source {
                let mut progress = progress.clone();
                if let Some(error) = progress.borrow_and_update().stopped() {
                    return Err(error.clone().into());
                }
                feed.nudge.notify_one();
                if let Ok(Err(_)) = timeout(LOOKED_AT_EVERY, progress.changed()).await {
                    return Err(AppError::ShutDown);
                }
            } else {
                tokio::time::sleep(LOOKED_AT_EVERY).await;
            }
        }
    }
}
