//! A runner in which something panics beside the folds, which are guarded each by itself: it says so, lets another one work, and tries again.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use super::put_off::PutOff;
use super::recover::SHORTEST_STOP;
use super::{Next, ProjectionError, ProjectionFailure, Runner};
use crate::observe::Setback;
use crate::store::EventStore;

/// What the work comes to; `None`: it panicked.
pub(super) async fn guarded<F: Future>(work: F) -> Option<F::Output> {
    let mut work = pin!(work);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        polled.map_or(Poll::Ready(None), |polled| polled.map(Some))
    })
    .await
}

impl<S: EventStore> Runner<S> {
    /// Tells that it has stopped, and tries again after a while, from the stored checkpoint. A task that ended instead would be missed by nobody:
    /// its lease would be renewed with those of the program's other runners.
    pub(super) async fn stay_down(&mut self) -> Next {
        let _ = guarded(self.leave_office()).await;
        // What is in memory goes with it.
        self.reopen = true;
        self.stop_at = None;
        self.narrowed = None;
        self.put_off = PutOff::default();
        let pause = SHORTEST_STOP.saturating_add(self.panic_retries.next());
        let error = ProjectionError::new(self.duty.descriptor, ProjectionFailure::Panic);
        tracing::error!(%error, "a projection has stopped");
        self.tell_stop(error, pause);
        self.count(Setback::Panic);
        self.pause(pause).await
    }
}
