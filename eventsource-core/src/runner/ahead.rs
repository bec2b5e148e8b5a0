//! A checkpoint that stands behind the log's end: the log was restored from an older backup than the rows.

use super::trouble::Trouble;
use super::{ProjectionFailure, Runner};
use crate::Position;
use crate::store::EventStore;

impl<S: EventStore> Runner<S> {
    /// Nothing is fed from a checkpoint that was ahead of the log once: what is appended at the positions before it would be passed over, also
    /// when the log has grown beyond it.
    pub(super) fn check_is_in_log(
        &mut self,
        checkpoint: Position,
        head: Position,
    ) -> Result<(), Trouble> {
        let known = self.ahead.filter(|known| known.0 == checkpoint);
        self.ahead = known.or((checkpoint > head).then_some((checkpoint, head)));
        match self.ahead {
            None => Ok(()),
            Some((checkpoint, head)) => {
                let failure = ProjectionFailure::AheadOfLog { checkpoint, head };
                Err(Trouble::Store(failure))
            }
        }
    }
}
