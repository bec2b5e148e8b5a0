//! How the projections are doing.

use super::feed::Source;
use super::{App, AppError, ProjectionError, ProjectionState};
use crate::Position;
use crate::runner::or_default;
use crate::store::{EventStore, OutboxStatus};

/// How one projection is doing.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ProjectionStatus {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: u32,
    /// What its runner is doing.
    pub state: ProjectionState,
    /// Up to here the log is in its table.
    pub checkpoint: Position,
    /// How many positions the log's end is ahead of that; at most so many events, since positions may have gaps.
    pub lag: u64,
    /// What last went wrong, even if it goes on by now.
    pub last_error: Option<ProjectionError>,
    /// How many positions it passes over, because an operator said so.
    pub skips: usize,
    /// Of a process manager: how many of its commands wait, and how many are parked.
    pub outbox: Option<OutboxStatus>,
}

impl<S: EventStore> App<S> {
    /// The position of the log's last event; [`Position::START`] while there is none. What was appended by the time of the call stands at or
    /// before it: whoever waits for a view `after` it sees all of that.
    ///
    /// # Errors
    ///
    /// When the store cannot be asked, or the app was shut down.
    pub async fn head(&self) -> Result<Position, AppError> {
        if self.inner.is_shut_down() {
            return Err(AppError::ShutDown);
        }
        Ok(self.inner.store.head().await?)
    }

    /// How each projection is doing, in the order of their names.
    ///
    /// # Errors
    ///
    /// When the store cannot be asked, or the app was shut down.
    pub async fn status(&self) -> Result<Vec<ProjectionStatus>, AppError> {
        let head = self.head().await?;
        let mut statuses = Vec::with_capacity(self.inner.feeds.len());
        for feed in &self.inner.feeds {
            let (state, checkpoint, last_error) = match &feed.source {
                Source::Runner(progress) => {
                    let progress = progress.borrow().clone();
                    (progress.state, feed.position().await?, progress.last_error)
                }
                Source::Stored => (ProjectionState::NotRunning, feed.position().await?, None),
            };
            let skips = or_default(feed.views.skips(&feed.table).await)?;
            let outbox = match feed.descriptor.process {
                Some(_) => Some(feed.views.outbox_status(feed.descriptor.name).await?),
                None => None,
            };
            statuses.push(ProjectionStatus {
                skips: skips.len(),
                outbox,
                name: feed.descriptor.name,
                version: feed.descriptor.version,
                state,
                checkpoint,
                lag: head.as_raw().saturating_sub(checkpoint.as_raw()),
                last_error,
            });
        }
        Ok(statuses)
    }
}
