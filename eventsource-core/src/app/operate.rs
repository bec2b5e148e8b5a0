//! What an operator decides: events to pass over, and commands that cannot be carried out.

use std::time::Duration;

use tokio::time::timeout;
use uuid::Uuid;

use super::feed::{Feed, Source};
use super::{App, ProjectionError, ViewError};
use crate::process::ProcessManager;
use crate::registry::ProjectionDescriptor;
use crate::store::{EventStore, OutboxQuery, Resolution, Skip, ViewStoreError};
use crate::{Position, Projection};

/// A runner that hears of a skip is waited for so long.
const GOES_ON_WITHIN: Duration = Duration::from_secs(1);

/// A command of a process manager that was refused, with nobody to react to that. It waits for an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParkedCommand {
    /// Its id, and the `command_id` that it would be carried out under.
    pub id: Uuid,
    /// The name that it is stored under.
    pub command: String,
    /// Its schema version.
    pub schema_version: u16,
    /// Why it was refused.
    pub reason: String,
}

impl<S: EventStore> App<S> {
    /// Lets a projection pass over the events at a position, such as one that it has stopped at and can never fold. It is kept on record with
    /// the reason, holds for this version of the projection, for rebuilds of it and for appends that fold it, and cannot be taken back; raising the projection's version
    /// begins without skips. Whoever feeds the projection hears of it before it folds on, and what a rebuild has built past the position is given
    /// up. The row that such an event belongs to is as if the event had not happened: read it with care.
    ///
    /// # Errors
    ///
    /// [`ViewError::Folded`] when the projection has passed the position already, [`ViewError::NothingThere`] when the log has not come to it;
    /// and when the app does not have the projection, or its store fails.
    pub async fn skip<P: Projection>(
        &self,
        position: Position,
        reason: impl Into<String> + Send,
    ) -> Result<(), ViewError> {
        let feed = self.operated(P::DESCRIPTOR)?;
        let reason = reason.into();
        let projection = feed.descriptor.name;
        let head = self.inner.store.head().await?;
        if position > head {
            return Err(ViewError::NothingThere {
                projection,
                position,
                head,
            });
        }
        let skip = Skip::new(position, reason.clone(), self.inner.executor.now());
        match feed.views.skip(&feed.table, skip).await {
            Ok(()) => {}
            Err(ViewStoreError::Folded { .. }) => {
                return Err(ViewError::Folded {
                    projection,
                    position,
                });
            }
            Err(error) => return Err(error.into()),
        }
        tracing::warn!(
            projection,
            version = feed.descriptor.version,
            position = position.as_raw(),
            reason,
            "an operator lets a projection pass over an event"
        );
        feed.nudge.notify_one();
        // So that who asks right behind this is not told of the stop that has just been done away with.
        if let Source::Runner(progress) = &feed.source {
            let mut progress = progress.clone();
            let goes_on = progress.wait_for(|progress| {
                let stopped_at = progress.stopped().and_then(ProjectionError::position);
                stopped_at != Some(position)
            });
            let _ = timeout(GOES_ON_WITHIN, goes_on).await;
        }
        Ok(())
    }

    /// The positions that this version of a projection passes over.
    ///
    /// # Errors
    ///
    /// When the app does not have the projection, or its store fails.
    pub async fn skips<P: Projection>(&self) -> Result<Vec<Skip>, ViewError> {
        let feed = self.operated(P::DESCRIPTOR)?;
        Ok(feed.views.skips(&feed.table).await?)
    }

    /// Commands of a process manager that were refused and wait for an operator, at most so many.
    ///
    /// # Errors
    ///
    /// When the app does not have the process manager, or its store fails.
    pub async fn parked<P: ProcessManager>(
        &self,
        limit: usize,
    ) -> Result<Vec<ParkedCommand>, ViewError> {
        let feed = self.operated(P::DESCRIPTOR)?;
        let query = OutboxQuery::Parked { limit };
        let parked = feed.views.outbox(feed.descriptor.name, query).await?;
        Ok(parked
            .into_iter()
            .map(|entry| ParkedCommand {
                id: entry.id,
                command: entry.command,
                schema_version: entry.schema_version,
                reason: entry.parked.unwrap_or_default(),
            })
            .collect())
    }

    /// Lets a parked command be carried out once more. `false`: there is none of this id.
    ///
    /// # Errors
    ///
    /// When the app does not have the process manager, or its store fails.
    pub async fn retry<P: ProcessManager>(&self, id: Uuid) -> Result<bool, ViewError> {
        self.resolve::<P>(id, Resolution::Retry).await
    }

    /// Removes a parked command for good. `false`: there is none of this id.
    ///
    /// # Errors
    ///
    /// When the app does not have the process manager, or its store fails.
    pub async fn discard<P: ProcessManager>(&self, id: Uuid) -> Result<bool, ViewError> {
        self.resolve::<P>(id, Resolution::Discard).await
    }

    async fn resolve<P: ProcessManager>(
        &self,
        id: Uuid,
        resolution: Resolution,
    ) -> Result<bool, ViewError> {
        let feed = self.operated(P::DESCRIPTOR)?;
        let name = feed.descriptor.name;
        let resolved = feed.views.resolve(name, id, resolution).await?;
        if resolved {
            tracing::warn!(process = name, command_id = %id, ?resolution, "an operator has decided on a parked command");
            feed.nudge.notify_one();
        }
        Ok(resolved)
    }

    /// The projection, whatever state its table is in.
    pub(super) fn operated(
        &self,
        descriptor: &'static ProjectionDescriptor,
    ) -> Result<&Feed, ViewError> {
        if self.inner.is_shut_down() {
            return Err(ViewError::ShutDown);
        }
        self.inner.feed(descriptor).ok_or(ViewError::NotRegistered {
            projection: descriptor.name,
            version: descriptor.version,
        })
    }
}
