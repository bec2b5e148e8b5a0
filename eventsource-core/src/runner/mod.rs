//! The runner of projections: one task each, from the log into a table, and nothing skipped.
//!
//! A runner reads the log behind its checkpoint in pages, folds them into rows in memory, and writes the changed rows together with the
//! new checkpoint. While it catches up, it writes every few seconds or when enough rows have changed; once it has seen the end of the log,
//! it writes as events come. What it has told as its position is in the table.
//!
//! When something goes wrong it forgets what it has in memory and begins again from the stored checkpoint. An event that cannot be read or
//! folded is found by its own error; one that leads to a row that cannot be written, by halving the stretch. Everything before such an
//! event is written, then the projection stops there, says so, and tries again later.

mod ahead;
mod failure;
mod immediate;
mod lease;
mod outbox;
mod page;
mod progress;
mod recover;
mod shards;
mod table;
mod trouble;

mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tracing::Instrument as _;
use uuid::Uuid;

use self::lease::Tenure;
use self::page::{PAGE_EVENTS, Page, Place};
use self::shards::Shards;
use self::trouble::Trouble;
use crate::Position;
use crate::backoff::Backoff;
use crate::observe;
use crate::process::Dispatcher;
use crate::projection::FoldFailure;
use crate::registry::ProjectionDescriptor;
use crate::store::{
    EventStore, ReadLog, Row, StoreError, StoreErrorKind, Value, ViewStore, ViewTable, ViewWrite,
};

pub use failure::{ProjectionError, ProjectionFailure};
pub use progress::ProjectionState;

pub(crate) use lease::{LEASE, SHORTEST_LEASE, keep, or_default};
pub(crate) use page::Declarations;
pub(crate) use progress::Progress;
pub(crate) use table::view_table;

/// While it catches up, a projection writes so often: what a crash makes it do again…
const WRITE_EVERY: Duration = Duration::from_secs(2);

/// …or less often, so that it writes for at most one part in so many of its time.
const WRITE_SHARE: u32 = 10;

/// At most about so many rows are kept in memory between writes; a page may exceed it.
const ROWS_IN_MEMORY: usize = 100_000;

/// A checkpoint that moved without a row having changed is written at most so often, so that a projection does not write for each event that
/// is not its own…
const MOVE_EVERY: Duration = Duration::from_millis(500);

/// …and at least every so many events.
const MOVE_EVENTS: usize = 10_000;

/// What a runner is to feed, from where, and who is told.
pub(crate) struct Duty<S> {
    pub(crate) store: Arc<S>,
    pub(crate) views: Arc<dyn ViewStore>,
    pub(crate) table: Arc<ViewTable>,
    pub(crate) descriptor: &'static ProjectionDescriptor,
    pub(crate) declarations: Arc<Declarations>,
    pub(crate) progress: watch::Sender<Progress>,
    pub(crate) stop: watch::Receiver<bool>,
    /// Told when an operator has changed something.
    pub(crate) nudge: Arc<Notify>,
    /// Who asks for the lease: the same for all runners of a program.
    pub(crate) holder: Uuid,
    /// How long that lease lasts.
    pub(crate) lease: Duration,
    /// What carries out the commands of a process manager.
    pub(crate) dispatcher: Option<Arc<Dispatcher>>,
}

/// What all runners of a program have in common.
pub(crate) struct Crew<S> {
    pub(crate) store: Arc<S>,
    pub(crate) views: Arc<dyn ViewStore>,
    pub(crate) declarations: Arc<Declarations>,
    /// Who asks for leases.
    pub(crate) holder: Uuid,
    /// How long leases last.
    pub(crate) lease: Duration,
    pub(crate) dispatcher: Option<Arc<Dispatcher>>,
}

impl<S> Crew<S> {
    /// The duty to feed a table, until it is told to stop.
    pub(crate) fn duty(
        &self,
        descriptor: &'static ProjectionDescriptor,
        table: Arc<ViewTable>,
        progress: watch::Sender<Progress>,
        stop: watch::Receiver<bool>,
    ) -> Duty<S> {
        Duty {
            store: Arc::clone(&self.store),
            views: Arc::clone(&self.views),
            table,
            descriptor,
            declarations: Arc::clone(&self.declarations),
            progress,
            stop,
            nudge: Arc::default(),
            holder: self.holder,
            lease: self.lease,
            dispatcher: self.dispatcher.clone(),
        }
    }
}

/// What feeds one projection.
pub(crate) struct Runner<S> {
    duty: Duty<S>,
    tenure: Tenure,
    skips: Arc<BTreeSet<Position>>,
    /// When a process manager's outbox is to be looked at again, at the latest.
    until_next_due: Duration,
    /// How many of its commands were left to a newer program.
    left_alone: usize,

    shards: Shards,
    /// The stored checkpoint.
    stored: Position,
    /// How far the log was read.
    cursor: Position,
    /// How many events were read between the two.
    unwritten: usize,
    last_write: Instant,
    /// How long that took.
    write_took: Duration,
    /// The stored checkpoint is to be asked for again.
    reopen: bool,
    /// A checkpoint that stood behind the log's end, and where that was.
    ahead: Option<(Position, Position)>,
    /// Appends were told to fold it, where it is immediate.
    folded_by_appends: bool,
    /// The last wait ended, and there was nothing to read.
    woken_in_vain: bool,

    /// The event to stop at, while everything before it is being written.
    stop_at: Option<Box<FoldFailure>>,
    /// Stretches are kept this short up to a position, to find the event whose row cannot be written.
    narrowed: Option<Narrowed>,
    /// The one event that a stretch of one event has.
    only: Option<Place>,

    store_retries: Backoff,
    event_retries: Backoff,
    fence_retries: Backoff,
}

struct Narrowed {
    events: usize,
    until: Position,
}

/// Whether to go on.
#[derive(PartialEq)]
enum Next {
    Continue,
    End,
}

impl<S: EventStore> Runner<S> {
    pub(crate) fn new(duty: Duty<S>, checkpoint: Position) -> Self {
        let mut runner = Self {
            shards: Shards::one(duty.descriptor),
            tenure: Tenure::None,
            skips: Arc::default(),
            until_next_due: Duration::MAX,
            left_alone: 0,
            duty,
            stored: checkpoint,
            cursor: checkpoint,
            unwritten: 0,
            last_write: Instant::now(),
            write_took: Duration::ZERO,
            reopen: false,
            ahead: None,
            folded_by_appends: false,
            woken_in_vain: false,
            stop_at: None,
            narrowed: None,
            only: None,
            store_retries: Backoff::new(Duration::from_millis(50), Duration::from_secs(10)),
            event_retries: Backoff::new(Duration::from_secs(2), Duration::from_secs(60)),
            fence_retries: Backoff::new(Duration::from_millis(2), Duration::from_millis(200)),
        };
        runner.begin_again(checkpoint);
        runner
    }

    /// Feeds the projection until it is told to stop, the app is gone, or the store is closed.
    pub(crate) async fn run(mut self) {
        loop {
            let next = match self.step().await {
                Ok(next) => next,
                Err(trouble) => self.recover(trouble).await,
            };
            // A store in memory never waits by itself.
            tokio::task::yield_now().await;
            if next == Next::End {
                self.leave_office().await;
                return;
            }
        }
    }

    async fn step(&mut self) -> Result<Next, Trouble> {
        if self.is_told_to_stop() {
            if !matches!(self.tenure, Tenure::None) {
                self.write().await?;
                self.tell(self.stored, ProjectionState::Live);
                self.leave_office().await;
            }
            return Ok(Next::End);
        }
        if !self.is_in_office().await? {
            return Ok(Next::Continue);
        }
        if std::mem::take(&mut self.reopen) {
            self.open().await?;
        }
        self.follow_appends().await?;
        let span = tracing::debug_span!(
            "project",
            projection = self.duty.descriptor.name,
            version = self.duty.descriptor.version,
            from = self.cursor.as_raw(),
        );
        let more = self.take_page().instrument(span).await?;
        if more {
            self.tell(self.stored, ProjectionState::CatchingUp);
            return Ok(Next::Continue);
        }
        self.carry_out().await?;
        self.tell(self.cursor, ProjectionState::Live);
        if let Some(failure) = self.stop_at.take() {
            return Ok(self.stay_at(failure).await);
        }
        self.hand_to_appends().await?;
        self.wait().await;
        Ok(Next::Continue)
    }

    /// Opens the table, and stands where it stands.
    async fn open(&mut self) -> Result<(), Trouble> {
        let Duty { views, table, .. } = &self.duty;
        let checkpoint = views.open(table).await?;
        self.look_for_skips().await?;
        let Duty { views, table, .. } = &self.duty;
        let passed = match self.duty.descriptor.process {
            Some(_) => or_default(views.passed(table).await)?,
            None => Position::START,
        };
        let head = self.duty.store.head().await.map_err(Trouble::log)?;
        self.check_is_in_log(checkpoint, head)?;
        self.shards.spread(checkpoint, head);
        self.shards.passed(passed);
        self.stand_at(checkpoint);
        self.folded_by_appends = false;
        self.tell_reopened();
        Ok(())
    }

    /// Asks which positions are to be passed over.
    async fn look_for_skips(&mut self) -> Result<(), Trouble> {
        let Duty { views, table, .. } = &self.duty;
        let skips = or_default(views.skips(table).await)?;
        self.skips = Arc::new(skips.into_iter().map(|skip| skip.position).collect());
        Ok(())
    }

    /// Reads, folds and, when it is time to, writes a page. `true`: there may be more behind it.
    async fn take_page(&mut self) -> Result<bool, Trouble> {
        let more = self.read_page().await?;
        let is_time_to_write = if more {
            self.is_write_due()
        } else {
            !self.is_move_put_off()
        };
        if is_time_to_write {
            self.write().await?;
        }
        Ok(more)
    }

    /// Reads and folds a page. `true`: there may be more behind it.
    async fn read_page(&mut self) -> Result<bool, Trouble> {
        let limit = self
            .narrowed
            .as_ref()
            .map_or(PAGE_EVENTS, |narrowed| narrowed.events.min(PAGE_EVENTS));
        // Where several workers read, they are to come to the same end, though the log grows meanwhile.
        let until = self.shards.until();
        let before = match (&self.stop_at, until) {
            (Some(failure), _) => Some(failure.position),
            (None, until) => until.map(Position::next),
        };
        let mut reading = JoinSet::new();
        let mut read = Vec::new();
        let workers = self.shards.take();
        let alone = workers.len() == 1;
        for (place, (share, batch)) in workers.into_iter().enumerate() {
            let page = Page::new(
                batch,
                Arc::clone(&self.duty.declarations),
                Arc::clone(&self.skips),
                share,
                before,
                limit,
            );
            // One more than a page has, so that the last page is known to be the last.
            let log = ReadLog::after(self.cursor).limit(limit.saturating_add(1));
            if alone {
                let page = self.duty.store.read_log(log, page).await;
                read.push((place, page.map_err(Trouble::log)?));
            } else {
                let store = Arc::clone(&self.duty.store);
                reading.spawn(async move { (place, store.read_log(log, page).await) });
            }
        }
        while let Some(ended) = reading.join_next().await {
            let (place, page) =
                ended.map_err(|_| Trouble::log(interrupted(self.duty.descriptor)))?;
            read.push((place, page.map_err(Trouble::log)?));
        }
        read.sort_by_key(|(place, _)| *place);
        self.take_in(read.into_iter().map(|(_, page)| page), until)
            .await
    }

    /// Takes what the workers have read.
    async fn take_in(
        &mut self,
        pages: impl Iterator<Item = Page>,
        until: Option<Position>,
    ) -> Result<bool, Trouble> {
        let (mut batches, mut failures) = (Vec::new(), Vec::new());
        let (mut events, mut last, mut more, mut only) = (0, None, false, None);
        for page in pages {
            batches.push(page.batch);
            failures.extend(page.failure);
            (events, last, more, only) = (page.events, page.last, page.more, page.first);
        }
        self.shards.put_back(batches);
        if let Some(failure) = shards::first(failures) {
            return Err(Trouble::Event(failure));
        }
        let mut failures = Vec::new();
        for batch in self.shards.batches() {
            let missing = batch.missing();
            if !missing.is_empty() {
                let rows = fetch(&self.duty, &missing).await?;
                failures.extend(batch.supply(missing, rows).err());
            }
        }
        if let Some(failure) = shards::first(failures) {
            return Err(Trouble::Event(failure));
        }
        self.woken_in_vain = events == 0;
        self.cursor = last.unwrap_or(self.cursor);
        self.unwritten = self.unwritten.saturating_add(events);
        self.only = only;
        if let (Some(until), false) = (until, more) {
            // The rest is short, and a page of it not worth several workers.
            self.cursor = self.cursor.max(until);
            self.write().await?;
            self.shards.gather();
            return Ok(true);
        }
        Ok(more)
    }

    fn is_write_due(&self) -> bool {
        let share = self.write_took.saturating_mul(WRITE_SHARE);
        self.last_write.elapsed() >= WRITE_EVERY.max(share)
            || self.shards.rows_in_memory() > ROWS_IN_MEMORY
            || self
                .narrowed
                .as_ref()
                .is_some_and(|narrowed| self.unwritten >= narrowed.events)
    }

    /// Whether nothing but the checkpoint would be written, and that was done a moment ago.
    fn is_move_put_off(&self) -> bool {
        self.shards.changed() == 0
            && self.unwritten < MOVE_EVENTS
            && self.last_write.elapsed() < MOVE_EVERY
    }

    /// Writes the changed rows and the checkpoint.
    async fn write(&mut self) -> Result<(), Trouble> {
        if self.cursor == self.stored {
            return Ok(());
        }
        let changes = self.shards.changes().map_err(Trouble::Row)?;
        let mut write = ViewWrite::new(self.stored, self.cursor);
        write.upserts = changes.upserts;
        write.deletes = changes.deletes;
        write.sends = changes.sends;
        write.removes = changes.cancels;
        write.term = self.term();
        tracing::debug!(
            projection = self.duty.descriptor.name,
            version = self.duty.descriptor.version,
            position = self.cursor.as_raw(),
            events = self.unwritten,
            upserts = write.upserts.len(),
            deletes = write.deletes.len(),
            "writing rows and checkpoint"
        );
        let begun = Instant::now();
        let written = self.duty.views.write(&self.duty.table, write).await;
        written.map_err(Trouble::write)?;
        let descriptor = self.duty.descriptor;
        observe::projected(descriptor.name, descriptor.version, self.unwritten);
        self.stored = self.cursor;
        self.unwritten = 0;
        self.last_write = Instant::now();
        self.write_took = self.last_write.saturating_duration_since(begun);
        self.store_retries.reset();
        self.fence_retries.reset();
        if self.shards.rows_in_memory() > ROWS_IN_MEMORY {
            self.shards.forget();
        }
        if self
            .narrowed
            .as_ref()
            .is_some_and(|narrowed| narrowed.until <= self.stored)
        {
            self.narrowed = None;
        }
        if self.stop_at.is_none() {
            self.event_retries.reset();
        }
        Ok(())
    }

    /// Waits for the log to grow, to be told to stop, or for the checkpoint's time to be written.
    async fn wait(&mut self) {
        let put_off = self.cursor != self.stored;
        let until_due = MOVE_EVERY.saturating_sub(self.last_write.elapsed());
        let until_next_due = self.until_next_due;
        if self.woken_in_vain {
            // A store may wake early; it must not keep a processor busy.
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::select! {
            biased;
            _ = self.duty.stop.changed() => {}
            () = self.duty.nudge.notified() => {}
            () = tokio::time::sleep(until_next_due) => {}
            () = self.duty.store.wait(self.cursor) => {}
            () = tokio::time::sleep(until_due), if put_off => {}
        }
        if self.is_immediate() {
            tokio::select! {
                biased;
                _ = self.duty.stop.changed() => {}
                () = tokio::time::sleep(immediate::LOOK_EVERY) => {}
            }
        }
    }

    fn is_told_to_stop(&self) -> bool {
        *self.duty.stop.borrow() || self.duty.stop.has_changed().is_err()
    }

    /// Forgets what is in memory and stands at this checkpoint.
    fn begin_again(&mut self, checkpoint: Position) {
        self.shards.gather();
        self.stand_at(checkpoint);
    }

    fn stand_at(&mut self, checkpoint: Position) {
        if checkpoint == Position::START {
            self.shards.begin_empty();
        }
        self.stored = checkpoint;
        self.cursor = checkpoint;
        self.unwritten = 0;
        self.only = None;
    }
}

/// The rows of these keys, one for each.
async fn fetch<S>(duty: &Duty<S>, keys: &[Value]) -> Result<Vec<Option<Row>>, Trouble> {
    let rows = duty.views.rows(&duty.table, keys.to_vec()).await?;
    if rows.len() != keys.len() {
        return Err(Trouble::log(StoreError::new(
            StoreErrorKind::Corrupt,
            format!("projection {}", duty.descriptor.name),
            format!("{} rows were answered for {} keys", rows.len(), keys.len()),
        )));
    }
    Ok(rows)
}

fn interrupted(descriptor: &ProjectionDescriptor) -> StoreError {
    StoreError::new(
        StoreErrorKind::Unavailable,
        format!("projection {}", descriptor.name),
        "the runtime has ended the task that read the log",
    )
}
