//! A checkpoint that stands behind the log's end: the log was restored from an older backup than the rows.

use super::trouble::Trouble;
use super::{ProjectionFailure, Runner};
use crate::Position;
use crate::store::EventStore;

impl<S: EventStore> Runner<S> {
    /// Nothing is fed from a checkpoint that was ahead of the log once: what is appended at the positions before it would be passed over, also
    /// when the log has grown beyond it. `on_record` is where the log ended when this was found before.
    pub(super) fn check_is_in_log(
        &mut self,
        checkpoint: Position,
        head: Position,
        on_record: Option<Position>,
    ) -> Result<(), Trouble> {
        let known = self.ahead.filter(|known| known.0 == checkpoint);
        let found = (checkpoint > head).then_some(head).or(on_record);
        self.ahead = known.or(found.map(|head| (checkpoint, head)));
        match self.ahead {
            None => Ok(()),
            Some((checkpoint, head)) => {
                let failure = ProjectionFailure::AheadOfLog { checkpoint, head };
                Err(Trouble::Store(failure))
            }
        }
    }
}
