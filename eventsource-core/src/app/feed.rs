//! A projection as the app knows it: its table, and how far it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout};

use super::{AppError, ViewError};
use crate::Position;
use crate::backoff::Backoff;
use crate::registry::{Consistency, ProjectionDescriptor};
use crate::runner::{Progress, ProjectionError, ProjectionFailure, ProjectionState};
use crate::store::{Stop, TableRecord, ViewStore, ViewStoreError, ViewTable};

/// A projection of the registry.
pub(super) struct Feed {
    pub(super) descriptor: &'static ProjectionDescriptor,
    pub(super) table: Arc<ViewTable>,
    pub(super) views: Arc<dyn ViewStore>,
    pub(super) source: Source,
    /// Wakes the runner.
    pub(super) nudge: Arc<Notify>,
    /// Tells that a rebuild of this program has put other rows into the table, which need not move the checkpoint.
    pub(super) swapped: watch::Sender<()>,
    /// The log's end when the table was made: until it has come there, it lacks what has long happened.
    target: Position,
    /// Whether it has. A table that was whole once is read as it is, also while it is behind, or has stopped.
    built: AtomicBool,
}

/// Who says how far it is.
pub(super) enum Source {
    /// The runner of this program.
    Runner(watch::Receiver<Progress>),
    /// The stored checkpoint, which another program moves.
    Stored,
}

/// How a wait ended.
enum Waited {
    Passed,
    Stopped(ProjectionError),
    /// The runner is gone, as it is after a shutdown.
    Gone,
}

impl Feed {
    pub(super) fn new(
        descriptor: &'static ProjectionDescriptor,
        table: Arc<ViewTable>,
        views: Arc<dyn ViewStore>,
        source: Source,
        nudge: Arc<Notify>,
        record: &TableRecord,
    ) -> Self {
        Self {
            descriptor,
            table,
            views,
            source,
            nudge,
            swapped: watch::Sender::new(()),
            target: record.target,
            built: AtomicBool::new(record.is_built()),
        }
    }

    /// Up to where the log is in the table.
    pub(super) async fn position(&self) -> Result<Position, ViewStoreError> {
        if let Source::Runner(progress) = &self.source {
            let seen = progress.borrow();
            if !self.is_moved_by_others(&seen) {
                return Ok(seen.position);
            }
        }
        self.views.checkpoint(&self.table).await
    }

    /// Whether appends move its checkpoint, of which no runner tells.
    pub(super) fn is_immediate(&self) -> bool {
        self.descriptor.consistency == Consistency::Immediate
    }

    /// Waits, without a bound, until the log is in the table up to `position`.
    pub(super) async fn pass(&self, position: Position) -> Result<(), AppError> {
        match self.wait(position).await? {
            Waited::Passed => Ok(()),
            Waited::Stopped(error) => Err(error.into()),
            Waited::Gone => Err(AppError::ShutDown),
        }
    }

    /// Makes sure that the table can be read: that it is built, and, where a position is given, that it has passed it within the time.
    pub(super) async fn ready(
        &self,
        after: Option<Position>,
        limit: Duration,
    ) -> Result<(), ViewError> {
        let built = self.built.load(Ordering::Acquire);
        let Some(after) = after else {
            return if built {
                Ok(())
            } else {
                self.check_built().await
            };
        };
        let position = if built { after } else { after.max(self.target) };
        let Ok(waited) = timeout(limit, self.wait(position)).await else {
            self.check_built().await?;
            return Err(ViewError::Timeout {
                projection: self.descriptor.name,
                position: after,
                at: self.position().await?,
                waited: limit,
            });
        };
        match waited? {
            Waited::Passed => {
                self.built.store(true, Ordering::Release);
                Ok(())
            }
            Waited::Stopped(error) => Err(error.into()),
            Waited::Gone => Err(ViewError::ShutDown),
        }
    }

    async fn check_built(&self) -> Result<(), ViewError> {
        let done = self.position().await?;
        if done >= self.target {
            self.built.store(true, Ordering::Release);
            return Ok(());
        }
        if let Some(error) = self.stopped().await? {
            return Err(error.into());
        }
        Err(ViewError::Building {
            projection: self.descriptor.name,
            done,
            of: self.target,
        })
    }

    /// Why its rows stand still, where they do: as this program knows it, or as the one that feeds it has put on record.
    async fn stopped(&self) -> Result<Option<ProjectionError>, ViewStoreError> {
        if let Source::Runner(progress) = &self.source {
            let seen = progress.borrow().clone();
            let stopped = seen.stopped().filter(|error| error.holds_up_rows());
            if stopped.is_some() || !self.is_moved_by_others(&seen) {
                return Ok(stopped.cloned());
            }
        }
        let stop = self.views.record(&self.table).await?.stop;
        Ok(stop.map(|stop| self.on_record(stop)))
    }

    /// The error that another program has put on record.
    pub(super) fn on_record(&self, stop: Stop) -> ProjectionError {
        ProjectionError::new(self.descriptor, ProjectionFailure::OnRecord(stop))
    }

    async fn wait(&self, position: Position) -> Result<Waited, ViewStoreError> {
        let mut pauses = Backoff::new(Duration::from_millis(4), Duration::from_millis(100));
        let Source::Runner(progress) = &self.source else {
            loop {
                let record = self.views.record(&self.table).await?;
                if record.checkpoint >= position && !is_ahead(record.stop.as_ref()) {
                    return Ok(Waited::Passed);
                }
                if let Some(stop) = record.stop {
                    return Ok(Waited::Stopped(self.on_record(stop)));
                }
                sleep(pauses.next()).await;
            }
        };
        let mut progress = progress.clone();
        loop {
            let seen = progress.borrow_and_update().clone();
            let moved_by_others = self.is_moved_by_others(&seen);
            let (at, stop) = if moved_by_others {
                let record = self.views.record(&self.table).await?;
                (record.checkpoint, record.stop)
            } else {
                (seen.position, None)
            };
            let ahead = seen.stopped().is_some_and(ProjectionError::is_ahead_of_log);
            if at >= position && !ahead && !is_ahead(stop.as_ref()) {
                return Ok(Waited::Passed);
            }
            let stopped = seen.stopped().filter(|error| error.holds_up_rows());
            if let Some(error) = stopped.cloned() {
                return Ok(Waited::Stopped(error));
            }
            if let Some(stop) = stop {
                return Ok(Waited::Stopped(self.on_record(stop)));
            }
            let told = if moved_by_others {
                timeout(pauses.next(), progress.changed()).await
            } else {
                Ok(progress.changed().await)
            };
            if let Ok(Err(_)) = told {
                return Ok(Waited::Gone);
            }
        }
    }

    /// Whether the runner of this program does not tell of each movement: appends move the checkpoint, or another program does.
    pub(super) fn is_moved_by_others(&self, progress: &Progress) -> bool {
        self.is_immediate() || matches!(progress.state, ProjectionState::Standby)
    }
}

/// Whether the rows hold positions of another log: those that were appended to this one are not in them.
fn is_ahead(stop: Option<&Stop>) -> bool {
    stop.is_some_and(|stop| stop.log_end.is_some())
}
