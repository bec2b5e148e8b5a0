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
mod carrying_out;
mod duty;
mod failure;
mod immediate;
mod lease;
mod office;
mod outbox;
mod page;
mod panicked;
mod passing;
mod progress;
mod put_off;
mod reading;
mod recover;
mod shards;
mod stopping;
mod table;
mod trouble;
mod writing;

mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tracing::Instrument as _;

use self::lease::Tenure;
use self::office::Office;
use self::page::Place;
use self::passing::Passed;
use self::put_off::PutOff;
use self::shards::Shards;
use self::trouble::Trouble;
use self::writing::MOVE_EVERY;
use crate::Position;
use crate::backoff::Backoff;
use crate::projection::FoldFailure;
use crate::store::EventStore;

pub use failure::{ProjectionError, ProjectionFailure};
pub use progress::ProjectionState;

pub(crate) use duty::{Crew, Duty};
pub(crate) use lease::{LEASE, SHORTEST_LEASE, keep, or_default};
pub(crate) use page::Declarations;
pub(crate) use progress::Progress;
pub(crate) use stopping::stop_of;
pub(crate) use table::view_table;

/// What feeds one projection.
pub(crate) struct Runner<S> {
    duty: Duty<S>,
    tenure: Tenure,
    skips: Arc<BTreeSet<Position>>,
    /// Of a process manager: whether it carries out what waits.
    outbox: Office,
    /// Of a process manager: up to where other versions have sent what is to be sent.
    passed: Passed,
    /// When a process manager's outbox is to be looked at again, at the latest.
    until_next_due: Duration,
    /// Its instances whose commands wait to be tried again.
    put_off: PutOff,
    /// Why none of the commands that are due can be carried out for now, and when one is tried again.
    stuck: Option<(ProjectionError, Duration)>,

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
    panic_retries: Backoff,
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
            outbox: Office::default(),
            passed: Passed::default(),
            until_next_due: Duration::MAX,
            put_off: PutOff::default(),
            stuck: None,
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
            panic_retries: Backoff::new(Duration::from_secs(2), Duration::from_secs(60)),
        };
        runner.begin_again(checkpoint);
        runner
    }

    /// Feeds the projection until it is told to stop, the app is gone, or the store is closed.
    pub(crate) async fn run(mut self) {
        loop {
            let next = match panicked::guarded(self.go_on()).await {
                Some(next) => next,
                None => self.stay_down().await,
            };
            // A store in memory never waits by itself.
            tokio::task::yield_now().await;
            if next == Next::End {
                self.leave_office().await;
                return;
            }
        }
    }

    async fn go_on(&mut self) -> Next {
        match self.step().await {
            Ok(next) => next,
            Err(trouble) => self.recover(trouble).await,
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
        self.tenure.begin_step();
        self.outbox.hear(false);
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
        self.look_after_others().await?;
        let more = self.take_page().instrument(span).await?;
        if more {
            self.tell(self.stored, ProjectionState::CatchingUp);
            return Ok(Next::Continue);
        }
        self.has_caught_up();
        self.carry_out().await?;
        self.store_retries.reset();
        self.tell_live();
        if let Some(failure) = self.stop_at.take() {
            return Ok(self.stay_at(failure).await);
        }
        self.hand_to_appends().await?;
        self.panic_retries.reset();
        self.wait().await;
        Ok(Next::Continue)
    }

    /// Opens the table, and stands where it stands.
    async fn open(&mut self) -> Result<(), Trouble> {
        let checkpoint = self.duty.crew.views.open(&self.duty.table).await?;
        self.look_for_skips().await?;
        let passed = self.passed().await?;
        let head = self.duty.crew.store.head().await.map_err(Trouble::log)?;
        let record = self.duty.crew.views.record(&self.duty.table).await?;
        self.check_is_in_log(checkpoint, head, record.log_end())?;
        self.shards.spread(checkpoint, head);
        self.shards.passed(passed);
        self.stand_at(checkpoint);
        self.folded_by_appends = false;
        self.tell_reopened();
        Ok(())
    }

    /// Asks which positions are to be passed over.
    async fn look_for_skips(&mut self) -> Result<(), Trouble> {
        let skips = or_default(self.duty.crew.views.skips(&self.duty.table).await)?;
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
            () = self.duty.crew.store.wait(self.cursor) => {}
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
