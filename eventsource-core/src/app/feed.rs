//! A projection as the app knows it: its table, and how far it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::{AppError, ViewError};
use crate::Position;
use crate::backoff::Backoff;
use crate::registry::{Consistency, ProjectionDescriptor};
use crate::runner::{Progress, ProjectionError};
use crate::store::{Immediate, ViewStore, ViewStoreError, ViewTable};

/// A projection of the registry.
pub(super) struct Feed {
    pub(super) descriptor: &'static ProjectionDescriptor,
    pub(super) table: Arc<ViewTable>,
    pub(super) views: Arc<dyn ViewStore>,
    pub(super) source: Source,
    /// The log's end when the app was started: until it is passed, the table may lack what has long happened.
    target: Position,
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
        checkpoint: Position,
        target: Position,
    ) -> Self {
        Self {
            descriptor,
            table,
            views,
            source,
            target,
            built: AtomicBool::new(checkpoint >= target),
        }
    }

    /// Up to where the log is in the table.
    pub(super) async fn position(&self) -> Result<Position, ViewStoreError> {
        match &self.source {
            Source::Runner(progress) if !self.is_immediate() => Ok(progress.borrow().position),
            _ => self.views.checkpoint(&self.table).await,
        }
    }

    /// What an append brings to fold it, where it is immediate.
    pub(super) fn immediate(&self) -> Option<Immediate> {
        let (table, batch) = (Arc::clone(&self.table), self.descriptor.batch);
        self.is_immediate().then(|| Immediate::new(table, batch))
    }

    /// Whether appends move its checkpoint, of which no runner tells.
    fn is_immediate(&self) -> bool {
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
        if let Source::Runner(progress) = &self.source
            && let Some(error) = progress.borrow().stopped()
        {
            return Err(error.clone().into());
        }
        Err(ViewError::Building {
            projection: self.descriptor.name,
            done,
            of: self.target,
        })
    }

    async fn wait(&self, position: Position) -> Result<Waited, ViewStoreError> {
        match &self.source {
            Source::Runner(progress) if !self.is_immediate() => {
                let mut progress = progress.clone();
                let reached = progress
                    .wait_for(|progress| {
                        progress.position >= position || progress.stopped().is_some()
                    })
                    .await;
                Ok(match reached {
                    Err(_) => Waited::Gone,
                    Ok(progress) => match progress.stopped() {
                        Some(error) if progress.position < position => {
                            Waited::Stopped(error.clone())
                        }
                        _ => Waited::Passed,
                    },
                })
            }
            source => {
                let mut pauses = Backoff::new(Duration::from_millis(4), Duration::from_millis(100));
                while self.views.checkpoint(&self.table).await? < position {
                    if let Source::Runner(progress) = source {
                        if let Some(error) = progress.borrow().stopped() {
                            return Ok(Waited::Stopped(error.clone()));
                        }
                        if progress.has_changed().is_err() {
                            return Ok(Waited::Gone);
                        }
                    }
                    sleep(pauses.next()).await;
                }
                Ok(Waited::Passed)
            }
        }
    }
}
