//! Reads rows again whenever they may have changed, and compares.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::super::feed::{Feed, Source as Feeder};
use super::super::pull::{Pulled, Source};
use super::super::view::row_error;
use super::super::{App, ViewError};
use super::Change;
use crate::backoff::Backoff;
use crate::runner::Progress;
use crate::store::{BoxFuture, EventStore, Query, Row, Value, ViewStoreError, ViewTable};
use crate::{Position, Projection};

/// The stored checkpoint is looked at so often at least: what another program does is not told here.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// While the log is ahead of the checkpoint and nobody here tells of it, it is looked at after so long, and then less often…
const FIRST_LOOK: Duration = Duration::from_millis(4);

/// …down to so often.
const LAST_LOOK: Duration = Duration::from_millis(100);

/// The rows are read again so often at least: a rebuilt table may have other rows at the same checkpoint.
const READ_EVERY: Duration = Duration::from_secs(10);

/// Reading takes at most one part in so many of the time.
const READ_SHARE: u32 = 10;

/// Which rows are followed.
pub(super) enum Wanted {
    /// The row of this key.
    Row(Value),
    /// Those that are asked for.
    List(Query),
}

/// What follows a read model for one reader.
pub(super) struct Following<S, P> {
    app: App<S>,
    after: Option<Position>,
    wanted: Option<Result<Wanted, ViewError>>,
    stop: watch::Receiver<bool>,
    /// What the runner tells, where there is one.
    progress: Option<watch::Receiver<Progress>>,
    /// Told when a rebuild of this program has swapped the rows.
    swapped: Option<watch::Receiver<()>>,
    ready: bool,
    /// The rows that the reader knows; none before the first reading.
    shown: Option<Vec<Row>>,
    /// The checkpoint before they were read.
    checkpoint: Position,
    read_at: Instant,
    reading_took: Duration,
    /// The reader knows that the projection has stopped.
    told_stop: bool,
    failures: Backoff,
    /// What is waited for before the next reading, after a failure.
    pause: Duration,
    projection: PhantomData<fn() -> P>,
}

impl<S: EventStore, P: Projection> Following<S, P> {
    pub(super) fn new(
        app: App<S>,
        after: Option<Position>,
        wanted: Result<Wanted, ViewError>,
    ) -> Self {
        Self {
            stop: app.inner.stop.subscribe(),
            app,
            after,
            wanted: Some(wanted),
            progress: None,
            swapped: None,
            ready: false,
            shown: None,
            checkpoint: Position::START,
            read_at: Instant::now(),
            reading_took: Duration::ZERO,
            told_stop: false,
            failures: Backoff::new(Duration::from_millis(50), Duration::from_secs(10)),
            pause: Duration::ZERO,
            projection: PhantomData,
        }
    }

    /// The next changes: at least one.
    async fn changes(&mut self) -> Result<Vec<Change<P>>, ViewError> {
        sleep(std::mem::take(&mut self.pause)).await;
        let wanted = match self.wanted.take() {
            Some(Ok(wanted)) => wanted,
            Some(Err(error)) => return Err(error),
            None => return Err(ViewError::ShutDown),
        };
        let app = self.app.clone();
        let changes = self.follow(&app, &wanted).await;
        self.wanted = Some(Ok(wanted));
        changes
    }

    async fn follow(&mut self, app: &App<S>, wanted: &Wanted) -> Result<Vec<Change<P>>, ViewError> {
        let feed = app.feed::<P>()?;
        if !self.ready {
            feed.ready(self.after, app.inner.after_timeout).await?;
            self.ready = true;
            self.progress = match &feed.source {
                Feeder::Runner(progress) => Some(progress.clone()),
                Feeder::Stored => None,
            };
            self.swapped = Some(feed.swapped.subscribe());
        }
        loop {
            if self.shown.is_some() {
                self.check_stopped()?;
                let mut swapped = self.swapped.clone();
                tokio::select! {
                    moved = self.moved(app, feed) => moved?,
                    Some(()) = told(&mut swapped) => {}
                    () = sleep(READ_EVERY) => {}
                }
                let rest = self.reading_took.saturating_mul(READ_SHARE - 1);
                sleep(rest.saturating_sub(self.read_at.elapsed())).await;
            }
            let rows = self.read(feed, wanted).await?;
            let changes = self.difference(&feed.table, rows)?;
            if !changes.is_empty() {
                return Ok(changes);
            }
        }
    }

    /// A projection that has stopped is told once, until it goes on.
    fn check_stopped(&mut self) -> Result<(), ViewError> {
        let progress = self.progress.as_ref();
        let error = progress.and_then(|progress| progress.borrow().stopped().cloned());
        let told = std::mem::replace(&mut self.told_stop, error.is_some());
        match error {
            Some(error) if !told => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Waits until the table may have changed since it was read.
    async fn moved(&mut self, app: &App<S>, feed: &Feed) -> Result<(), ViewError> {
        let progress = self.progress.as_mut();
        let told = progress.filter(|progress| !feed.is_moved_by_others(&progress.borrow()));
        if let Some(progress) = told {
            loop {
                match timeout(LOOK_EVERY, progress.changed()).await {
                    Ok(Ok(())) => return Ok(()),
                    Ok(Err(_)) => return Err(ViewError::ShutDown),
                    Err(_) if feed.views.checkpoint(&feed.table).await? != self.checkpoint => {
                        return Ok(());
                    }
                    Err(_) => {}
                }
            }
        }
        let mut looks = Backoff::new(FIRST_LOOK, LAST_LOOK);
        loop {
            // While the log has not grown there is seldom anything to see.
            let _ = timeout(LOOK_EVERY, app.inner.store.wait(self.checkpoint)).await;
            if feed.views.checkpoint(&feed.table).await? != self.checkpoint {
                return Ok(());
            }
            sleep(looks.next()).await;
        }
    }

    async fn read(&mut self, feed: &Feed, wanted: &Wanted) -> Result<Vec<Row>, ViewStoreError> {
        // What comes while the rows are read is read again.
        if let Some(progress) = &mut self.progress {
            progress.mark_unchanged();
        }
        if let Some(swapped) = &mut self.swapped {
            swapped.mark_unchanged();
        }
        let begun = Instant::now();
        self.checkpoint = feed.views.checkpoint(&feed.table).await?;
        let rows = match wanted {
            Wanted::Row(key) => {
                let rows = feed.views.rows(&feed.table, vec![key.clone()]).await?;
                rows.into_iter().flatten().collect()
            }
            Wanted::List(query) => feed.views.query(&feed.table, query.clone()).await?,
        };
        self.read_at = Instant::now();
        self.reading_took = self.read_at.saturating_duration_since(begun);
        self.failures.reset();
        Ok(rows)
    }

    /// How these rows differ from those that were shown: first what is gone, then what is new or other, each in the order of the rows.
    fn difference(
        &mut self,
        table: &ViewTable,
        rows: Vec<Row>,
    ) -> Result<Vec<Change<P>>, ViewError> {
        let key_column = table.key_column();
        let key_of = |row: &Row| {
            let key = key_column.and_then(|place| row.get(place));
            key.cloned().unwrap_or(Value::Null)
        };
        let shown = self.shown.take().unwrap_or_default();
        let shown = shown.into_iter().enumerate();
        let mut shown: HashMap<Value, (usize, Row)> = shown
            .map(|(place, row)| (key_of(&row), (place, row)))
            .collect();
        let mut found = Vec::new();
        for row in &rows {
            match shown.remove(&key_of(row)) {
                Some((_, before)) if before == *row => {}
                Some(_) => found.push(Change::Updated(P::from_row(row.clone()))),
                None => found.push(Change::Inserted(P::from_row(row.clone()))),
            }
        }
        let mut gone: Vec<(usize, Row)> = shown.into_values().collect();
        gone.sort_unstable_by_key(|(place, _)| *place);
        self.shown = Some(rows);
        gone.into_iter()
            .map(|(_, row)| Change::Removed(P::from_row(row)))
            .chain(found)
            .map(|change| {
                Ok(match change {
                    Change::Inserted(row) => Change::Inserted(row?),
                    Change::Updated(row) => Change::Updated(row?),
                    Change::Removed(row) => Change::Removed(row?),
                })
            })
            .collect::<Result<_, _>>()
            .map_err(row_error::<P>)
    }
}

impl<S: EventStore, P: Projection> Source for Following<S, P> {
    type Item = Result<Change<P>, ViewError>;

    fn pull(mut self: Box<Self>) -> BoxFuture<'static, Pulled<Self::Item>> {
        Box::pin(async move {
            let mut stop = self.stop.clone();
            let changes = tokio::select! {
                biased;
                _ = stop.wait_for(|told| *told) => return Pulled::end(),
                changes = self.changes() => changes,
            };
            let items = match changes {
                Ok(changes) => changes.into_iter().map(Ok).collect(),
                Err(ViewError::ShutDown) => return Pulled::end(),
                Err(error) => {
                    let next = if is_final(&error) {
                        None
                    } else {
                        self.pause = self.failures.next();
                        Some(self as Box<dyn Source<Item = Self::Item>>)
                    };
                    let items = vec![Err(error)];
                    return Pulled { items, next };
                }
            };
            Pulled {
                items,
                next: Some(self),
            }
        })
    }
}

/// Waits to be told; `None` where nobody tells.
async fn told(receiver: &mut Option<watch::Receiver<()>>) -> Option<()> {
    receiver.as_mut()?.changed().await.ok()
}

/// Whether it lies in what was asked for, or in a row that cannot be read, so that asking again would not help.
fn is_final(error: &ViewError) -> bool {
    match error {
        ViewError::NotRegistered { .. }
        | ViewError::Row { .. }
        | ViewError::Filter { .. }
        | ViewError::Page { .. } => true,
        ViewError::Table(error) => matches!(error, ViewStoreError::NoSuchColumn { .. }),
        _ => false,
    }
}
