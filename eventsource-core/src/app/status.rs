//! How the projections are doing.

use std::ops::ControlFlow;
use std::time::Duration;

use super::feed::Source;
use super::{App, AppError, ProjectionError, ProjectionState};
use crate::runner::or_default;
use crate::store::{EventStore, OutboxStatus, ReadLog, Recorded, StoreError, Visitor};
use crate::{Position, Timestamp};

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
    /// How much later the log's last event was recorded than the last one in its table, by their own times. `None` while nothing is in the
    /// table and something is in the log.
    pub lag_time: Option<Duration>,
    /// What last went wrong, even if it goes on by now. Where another program feeds it: why it does not go on there, where it does not.
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
            let progress = match &feed.source {
                Source::Runner(progress) => Some(progress.borrow().clone()),
                Source::Stored => None,
            };
            let fed_here = progress
                .as_ref()
                .is_some_and(|it| !feed.is_moved_by_others(it));
            let (checkpoint, on_record) = if fed_here {
                (feed.position().await?, None)
            } else {
                let record = feed.views.record(&feed.table).await?;
                (record.checkpoint, record.stop)
            };
            let on_record = on_record.map(|stop| feed.on_record(stop));
            let (state, last_error) = match progress {
                // What another program has stopped at counts for more than what this one met when it last fed it.
                Some(progress) => match (&progress.state, on_record) {
                    (ProjectionState::Standby, Some(error)) => (progress.state, Some(error)),
                    _ => (progress.state, progress.last_error),
                },
                None => (ProjectionState::NotRunning, on_record),
            };
            let skips = or_default(feed.views.skips(&feed.table).await)?;
            let outbox = match feed.descriptor.process {
                Some(_) => Some(feed.views.outbox_status(feed.descriptor.name).await?),
                None => None,
            };
            let lag_time = if checkpoint >= head {
                Some(Duration::ZERO)
            } else {
                let newest = self.recorded_at(head).await?;
                let last = self.recorded_at(checkpoint).await?;
                newest
                    .zip(last)
                    .map(|(newest, last)| newest.saturating_since(last))
            };
            statuses.push(ProjectionStatus {
                lag_time,
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

    /// When the last event up to a position was recorded.
    async fn recorded_at(&self, position: Position) -> Result<Option<Timestamp>, StoreError> {
        let behind = Position::from_raw(position.as_raw().saturating_add(1));
        let read = ReadLog::before(behind).limit(1);
        Ok(self.inner.store.read_log(read, Last(None)).await?.0)
    }
}

/// When the first event that it is shown was recorded.
struct Last(Option<Timestamp>);

impl Visitor for Last {
    fn event(&mut self, event: &Recorded<'_>) -> ControlFlow<()> {
        self.0 = Some(event.recorded_at);
        ControlFlow::Break(())
    }
}
