//! What is different for a projection that appends fold: its runner only fills the gaps that programs of another version leave.

use std::time::Duration;

use super::Runner;
use super::trouble::Trouble;
use crate::registry::Consistency;
use crate::store::EventStore;

/// A gap is looked for at most so often: nobody waits for the runner where there is none.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(100);

impl<S: EventStore> Runner<S> {
    pub(super) fn is_immediate(&self) -> bool {
        self.duty.descriptor.consistency == Consistency::Immediate && !self.duty.table.shadow
    }

    /// Goes on from where appends have taken the checkpoint.
    pub(super) async fn follow_appends(&mut self) -> Result<(), Trouble> {
        if !self.is_immediate() || self.cursor != self.stored {
            return Ok(());
        }
        let checkpoint = self.duty.crew.views.checkpoint(&self.duty.table).await?;
        if checkpoint != self.stored {
            // Where it was removed and begins anew, no append folds it until it is told to again.
            self.folded_by_appends &= checkpoint > self.stored;
            self.begin_again(checkpoint);
        }
        Ok(())
    }

    /// At the log's end, makes sure that appends fold it.
    pub(super) async fn hand_to_appends(&mut self) -> Result<(), Trouble> {
        if self.is_immediate() && !self.folded_by_appends {
            self.duty
                .crew
                .views
                .make_immediate(&self.duty.table)
                .await?;
            self.folded_by_appends = true;
        }
        Ok(())
    }
}
