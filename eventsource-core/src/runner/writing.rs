//! Rows and checkpoint, written together, and when it is time to.

use std::time::{Duration, Instant};

use super::Runner;
use super::trouble::Trouble;
use crate::observe;
use crate::store::{EventStore, ViewWrite};

/// While it catches up, a projection writes so often: what a crash makes it do again…
const WRITE_EVERY: Duration = Duration::from_secs(5);

/// …or less often, so that it writes for at most one part in so many of its time.
const WRITE_SHARE: u32 = 10;

/// At most about so many rows are kept in memory between writes; a page may exceed it.
const ROWS_IN_MEMORY: usize = 100_000;

/// At most about so many commands of a process manager are: a single instance may send as many as there are events.
pub(super) const COMMANDS_IN_MEMORY: usize = 10_000;

/// A checkpoint that moved without a row having changed is written at most so often, so that a projection does not write for each event that
/// is not its own…
pub(super) const MOVE_EVERY: Duration = Duration::from_millis(500);

/// …and at least every so many events.
const MOVE_EVENTS: usize = 10_000;

impl<S: EventStore> Runner<S> {
    pub(super) fn is_write_due(&self) -> bool {
        let share = self.write_took.saturating_mul(WRITE_SHARE);
        self.last_write.elapsed() >= WRITE_EVERY.max(share)
            || self.shards.rows_in_memory() > ROWS_IN_MEMORY
            || self.shards.effects() > COMMANDS_IN_MEMORY
            || self
                .narrowed
                .as_ref()
                .is_some_and(|narrowed| self.unwritten >= narrowed.events)
    }

    /// Whether nothing but the checkpoint would be written, and that was done a moment ago.
    pub(super) fn is_move_put_off(&self) -> bool {
        self.shards.changed() == 0
            && self.unwritten < MOVE_EVENTS
            && self.last_write.elapsed() < MOVE_EVERY
    }

    /// Writes the changed rows and the checkpoint.
    pub(super) async fn write(&mut self) -> Result<(), Trouble> {
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
        write.outbox_term = self.outbox.term();
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
        let written = self.duty.crew.views.write(&self.duty.table, write).await;
        written.map_err(Trouble::write)?;
        self.tenure.is_heard();
        self.outbox.hear(true);
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
}
