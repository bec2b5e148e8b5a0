//! Rebuilding a read model beside the served one.

use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use super::feed::Feed;
use super::given_up::{Folded, Leases};
use super::{App, ViewError};
use crate::ids::Ids;
use crate::runner::{Crew, Progress, ProjectionError, ProjectionFailure, Runner, keep};
use crate::store::{BoxFuture, EventStore, Lease, ViewTable};
use crate::{Position, Projection};

/// Where appends move the served rows themselves, the rebuilt ones are tried to be put in their place so often.
const ATTEMPTS: usize = 200;

/// How often the rebuilt rows' checkpoint is looked at.
const LOOKED_AT_EVERY: Duration = Duration::from_millis(10);

/// The rebuild of a read model. Awaiting it does it.
///
/// The rows are built from the log into a table beside the served one, which goes on being read and fed; once they have caught up, they take its
/// place, at once and wholly. Dropping the future gives it up: the served rows stay as they are, and a later
/// [`resume`](Self::resume) goes on from where it came to.
#[must_use = "await it"]
pub struct Rebuild<'a, S, P> {
    app: &'a App<S>,
    resume: bool,
    projection: PhantomData<fn() -> P>,
}

impl<S: EventStore> App<S> {
    /// Builds the read model of this version anew beside the served one, then swaps: what to do when a fold was wrong and its struct stays as
    /// it is. Awaited, it gives the position up to which the new rows hold the log.
    ///
    /// ```no_run
    /// # use eventsource_core::prelude::*;
    /// # async fn f<P: Projection>(app: App<MemoryStore>) -> Result<(), ViewError> {
    /// let position = app.rebuild::<P>().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ViewError::Rebuilding`] while another one is at it, [`ViewError::NotRebuilt`] for a process manager, [`ViewError::Stopped`] with the
    /// event that cannot be folded, and those of the stores.
    pub fn rebuild<P: Projection>(&self) -> Rebuild<'_, S, P> {
        Rebuild {
            app: self,
            resume: false,
            projection: PhantomData,
        }
    }
}

impl<S: EventStore, P: Projection> Rebuild<'_, S, P> {
    /// Goes on from where an earlier rebuild was given up, instead of beginning anew. Right as long as the folds are the same as then.
    pub fn resume(mut self) -> Self {
        self.resume = true;
        self
    }

    async fn run(self) -> Result<Position, ViewError> {
        let feed = self.app.operated(P::DESCRIPTOR)?;
        let projection = feed.descriptor.name;
        if feed.descriptor.process.is_some() {
            return Err(ViewError::NotRebuilt { projection });
        }
        let inner = &self.app.inner;
        let building = Building {
            crew: Crew {
                store: Arc::clone(&inner.store),
                views: Arc::clone(&feed.views),
                declarations: Arc::clone(&inner.declarations),
                holder: Ids::default().make(),
                lease: inner.lease,
                dispatcher: None,
            },
            feed,
            shadow: Arc::new(feed.table.shadow()),
        };
        let (ended, end) = watch::channel(false);
        let Crew { holder, lease, .. } = building.crew;
        let leases = Leases::new(&building.crew, [&feed.table, &building.shadow]);
        let keeping = tokio::spawn(keep(Arc::clone(&feed.views), holder, lease, end));
        let mut stopped = inner.stop.subscribe();
        let built = tokio::select! {
            built = building.run(self.resume) => built,
            _ = stopped.wait_for(|stopped| *stopped) => Err(ViewError::ShutDown),
        };
        let is_anothers = matches!(built, Err(ViewError::Rebuilding { .. }));
        if built.is_err() && !is_anothers && feed.is_immediate() {
            // Appends must not go on folding what nobody will read.
            building.discard().await;
        }
        drop(ended);
        let _ = keeping.await;
        leases.release().await;
        feed.nudge.notify_one();
        built
    }
}

struct Building<'a, S> {
    crew: Crew<S>,
    feed: &'a Feed,
    shadow: Arc<ViewTable>,
}

impl<S: EventStore> Building<'_, S> {
    async fn run(&self, resume: bool) -> Result<Position, ViewError> {
        let projection = self.feed.descriptor.name;
        let version = self.feed.descriptor.version;
        self.occupy().await?;
        if !resume {
            self.crew.views.discard(&self.shadow).await?;
            self.occupy().await?;
        }
        tracing::info!(projection, version, resume, "a rebuild begins");
        let position = self.catch_up().await?;
        if !self.feed.is_immediate() {
            return self.swap(position).await;
        }
        // From here on appends fold both, so that the new rows do not fall behind the served ones.
        let folded = Folded::new(&self.crew, &self.shadow);
        let swapped = match self.crew.views.make_immediate(&self.shadow).await {
            Ok(()) => self.swap(position).await,
            Err(error) => Err(error.into()),
        };
        folded.finish();
        swapped
    }

    /// Puts the new rows, which hold the log up to this position, in the place of the served ones.
    async fn swap(&self, mut position: Position) -> Result<Position, ViewError> {
        let projection = self.feed.descriptor.name;
        let version = self.feed.descriptor.version;
        for attempt in 0..ATTEMPTS {
            if self.crew.views.promote(&self.shadow).await? {
                self.feed.swapped.send_replace(());
                tracing::info!(
                    projection,
                    version,
                    position = position.as_raw(),
                    "a rebuild has taken the place of the served rows"
                );
                return Ok(position);
            }
            if attempt == 0 {
                // The served rows stand still while the new ones go the last steps.
                let Crew {
                    views,
                    holder,
                    lease,
                    ..
                } = &self.crew;
                views.take_over(&self.feed.table, *holder, *lease).await?;
            }
            position = self.catch_up().await?;
        }
        Err(ViewError::TooBusy { projection })
    }

    /// Opens the shadow and takes its lease.
    async fn occupy(&self) -> Result<(), ViewError> {
        let Crew {
            views,
            holder,
            lease,
            ..
        } = &self.crew;
        views.open(&self.shadow).await?;
        match views.lease(&self.shadow, *holder, *lease).await? {
            Lease::Held { .. } => Ok(()),
            Lease::Taken { ends_in } => Err(ViewError::Rebuilding {
                projection: self.feed.descriptor.name,
                ends_in,
            }),
        }
    }

    /// Feeds the shadow up to where the log ends now. The served rows have come no further.
    async fn catch_up(&self) -> Result<Position, ViewError> {
        let Crew { views, store, .. } = &self.crew;
        let served = views.checkpoint(&self.feed.table).await?;
        let head = store.head().await?;
        if served > head {
            // The served rows are never passed then.
            let failure = ProjectionFailure::AheadOfLog {
                checkpoint: served,
                head,
            };
            return Err(ProjectionError::new(self.feed.descriptor, failure).into());
        }
        let checkpoint = views.checkpoint(&self.shadow).await?;
        if checkpoint >= head {
            return Ok(checkpoint);
        }
        let (progress, mut watched) = watch::channel(Progress::at(checkpoint));
        let (stop, stopped) = watch::channel(false);
        let table = Arc::clone(&self.shadow);
        let duty = self
            .crew
            .duty(self.feed.descriptor, table, progress, stopped);
        // Where the rebuild is given up, `stop` is dropped, which ends the runner too.
        let running = tokio::spawn(Runner::new(duty, checkpoint).run());
        let stopped_with = loop {
            let moved = async {
                let moved = watched
                    .wait_for(|progress| progress.position >= head || progress.stopped().is_some());
                moved.await.map(|progress| progress.stopped().cloned())
            };
            match timeout(LOOKED_AT_EVERY, moved).await {
                Ok(told) => break told.ok().flatten(),
                // Appends that fold the shadow too move it themselves, and hinder the runner with each of them.
                Err(_) if views.checkpoint(&self.shadow).await? >= head => break None,
                Err(_) => {}
            }
        };
        stop.send_replace(true);
        // However it ended, the checkpoint says how far it came.
        let _ = running.await;
        if let Some(error) = stopped_with {
            return Err(error.into());
        }
        Ok(views.checkpoint(&self.shadow).await?)
    }

    async fn discard(&self) {
        if let Err(error) = self.crew.views.discard(&self.shadow).await {
            tracing::warn!(%error, projection = self.feed.descriptor.name, "what a rebuild has left was not removed");
        }
    }
}

impl<'a, S: EventStore, P: Projection> IntoFuture for Rebuild<'a, S, P> {
    type Output = Result<Position, ViewError>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<S, P: Projection> fmt::Debug for Rebuild<'_, S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rebuild")
            .field("projection", &P::DESCRIPTOR.name)
            .field("version", &P::DESCRIPTOR.version)
            .field("resume", &self.resume)
            .finish_non_exhaustive()
    }
}
