//! A stop on record, for the programs that do not feed the table: `status()` there tells it, and nobody waits in vain.

use super::{ProjectionFailure, Runner};
use crate::Timestamp;
use crate::store::{EventStore, Stop};

impl<S: EventStore> Runner<S> {
    /// Puts on record what this runner has told as its stop. Where the store cannot be told now, it is told at the next attempt.
    pub(super) async fn put_stop_on_record(&mut self) {
        let told = self.duty.progress.borrow().stopped().cloned();
        let Some(error) = told.filter(|_| !self.duty.table.shadow) else {
            return;
        };
        let (views, table) = (&self.duty.crew.views, &self.duty.table);
        let (stop, term) = (stop_of(error.failure()), self.term());
        let put = async {
            let known = views.record(table).await?.stop;
            // Since when it has stopped is when it stopped first.
            if known.is_some_and(|known| known.is_found_again(&stop)) {
                return Ok(());
            }
            views.put_stop(table, term, stop).await
        };
        if let Err(error) = put.await {
            tracing::debug!(%error, "a stop was not put on record");
        }
    }
}

/// What is put on record of a failure.
pub(crate) fn stop_of(failure: &ProjectionFailure) -> Stop {
    let stop = Stop::new(failure.to_string(), Timestamp::now());
    match failure {
        ProjectionFailure::Event(event) => stop.at(event.position, event.name.clone()),
        ProjectionFailure::AheadOfLog { head, .. } => stop.behind_log_end(*head),
        _ => stop,
    }
}
