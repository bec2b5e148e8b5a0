//! Up to where another version of a process manager has sent what is to be sent.
//!
//! A version sends nothing for events that others had passed before it came there. Once it has come to the log's end it reacts to whatever follows,
//! however far ahead of it others may be at times: what both send has the same ids, and what only one of them sends, it alone can send.

use super::Runner;
use super::lease::or_default;
use super::trouble::Trouble;
use crate::Position;
use crate::store::EventStore;

/// What is known of other versions.
#[derive(Default)]
pub(super) struct Passed {
    position: Position,
    /// This version reacts to all that is behind it.
    is_final: bool,
    /// Where the log ended, and how far others were, when whoever feeds the table was looked after last.
    seen: Option<(Position, Position)>,
}

impl<S: EventStore> Runner<S> {
    /// Up to where nothing is to be sent.
    pub(super) async fn passed(&mut self) -> Result<Position, Trouble> {
        if self.duty.descriptor.process.is_some() && !self.passed.is_final {
            let views = &self.duty.crew.views;
            self.passed.position = or_default(views.passed(&self.duty.table).await)?;
        }
        Ok(self.passed.position)
    }

    /// Asks again, as long as others may be ahead of a version that is being built.
    pub(super) async fn look_after_others(&mut self) -> Result<(), Trouble> {
        if self.duty.descriptor.process.is_some() && !self.passed.is_final {
            let passed = self.passed().await?;
            self.shards.passed(passed);
        }
        Ok(())
    }

    /// The log's end is in the table: whatever follows, this version reacts to.
    pub(super) fn has_caught_up(&mut self) {
        self.passed.is_final = self.stop_at.is_none();
    }

    /// While another program of the same version feeds the table: once that one has caught up, so has this one, and takes over without a gap.
    pub(super) async fn look_from_standby(&mut self, checkpoint: Position) -> Result<(), Trouble> {
        if self.duty.descriptor.process.is_none() || self.passed.is_final {
            return Ok(());
        }
        if let Some((head, passed)) = self.passed.seen
            && checkpoint >= head
        {
            self.passed.position = passed;
            self.passed.is_final = true;
            return Ok(());
        }
        let passed = self.passed().await?;
        let head = self.duty.crew.store.head().await.map_err(Trouble::log)?;
        self.passed.seen = Some((head, passed));
        Ok(())
    }
}
