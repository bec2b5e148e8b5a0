//! What a runner does when something goes wrong, and what it tells of it.

use std::time::Duration;

use super::lease::Tenure;
use super::put_off::PutOff;
use super::trouble::Trouble;
use super::{Narrowed, Next, ProjectionError, ProjectionFailure, ProjectionState, Runner};
use crate::observe::{self, Setback};
use crate::projection::{FoldCause, FoldFailure};
use crate::store::EventStore;
use crate::{Position, Timestamp};

/// So many failures of the store in a row pass as a hiccup; the next one is told as a stop.
pub(super) const FAILURES_TOLERATED: u32 = 2;

/// A projection that stopped at an event waits at least so long before it tries again.
pub(super) const SHORTEST_STOP: Duration = Duration::from_secs(1);

impl<S: EventStore> Runner<S> {
    /// Begins again from the stored checkpoint, in the way that the trouble asks for.
    pub(super) async fn recover(&mut self, trouble: Trouble) -> Next {
        if trouble.is_closed() {
            return Next::End;
        }
        match trouble {
            Trouble::Event(failure) => {
                self.begin_again(self.stored);
                // An operator may have said so a moment ago. Where the store cannot be asked now, it is asked again at the next attempt.
                let _ = self.look_for_skips().await;
                if !self.skips.contains(&failure.position) {
                    self.stop_at = Some(failure);
                }
                Next::Continue
            }
            Trouble::Row(cause) => {
                self.narrow(cause);
                self.begin_again(self.stored);
                Next::Continue
            }
            Trouble::Fenced => {
                // What is in memory goes with a checkpoint that is not the stored one: it must not be written by a stop either.
                self.begin_again(self.stored);
                self.reopen = true;
                self.count(Setback::Fenced);
                let pause = self.fence_retries.next();
                tracing::debug!(
                    projection = self.duty.descriptor.name,
                    version = self.duty.descriptor.version,
                    "another runner has moved the checkpoint"
                );
                self.pause(pause).await
            }
            Trouble::Deposed => {
                self.lose_office().await;
                Next::Continue
            }
            Trouble::Gone => {
                self.lose_office().await;
                self.reopen = true;
                tracing::warn!(
                    projection = self.duty.descriptor.name,
                    version = self.duty.descriptor.version,
                    "the table of a projection was removed: it is begun anew"
                );
                let pause = self.fence_retries.next();
                self.pause(pause).await
            }
            Trouble::Store(failure) => {
                self.begin_again(self.stored);
                self.reopen = true;
                self.count(Setback::Store);
                let pause = self.store_retries.next();
                let lasts = matches!(failure, ProjectionFailure::AheadOfLog { .. });
                self.tell_failure(failure, pause);
                if lasts {
                    self.put_stop_on_record().await;
                }
                self.pause(pause).await
            }
        }
    }

    /// Has to ask for the lease again, and knows nothing of what it was at.
    async fn lose_office(&mut self) {
        self.tenure = Tenure::None;
        self.leave_outbox().await;
        self.stop_at = None;
        self.narrowed = None;
        self.put_off = PutOff::default();
        self.begin_again(self.stored);
    }

    /// A row of this stretch cannot be written: looks in a stretch half as long, down to one event, which then is the one.
    fn narrow(&mut self, cause: FoldCause) {
        match self.only.take() {
            Some(event) => self.stop_at = Some(event.failed(cause)),
            None => {
                self.narrowed = Some(Narrowed {
                    events: (self.unwritten / 2).max(1),
                    until: self.cursor,
                });
            }
        }
    }

    /// Stops at an event, everything before it being written, and tries again after a while.
    pub(super) async fn stay_at(&mut self, failure: Box<FoldFailure>) -> Next {
        let pause = SHORTEST_STOP.saturating_add(self.event_retries.next());
        let for_a_newer_program = Self::is_for_a_newer_program(&failure);
        let error = ProjectionError::new(self.duty.descriptor, failure);
        tracing::error!(%error, "a projection has stopped");
        self.tell_stop(error, pause);
        self.count(Setback::Event);
        self.put_stop_on_record().await;
        self.reopen = true;
        if for_a_newer_program {
            self.leave_office().await;
        }
        self.pause(pause).await
    }

    /// Counts that it is to begin again.
    pub(super) fn count(&self, setback: Setback) {
        let descriptor = self.duty.descriptor;
        observe::set_back(descriptor.name, descriptor.version, setback);
    }

    pub(super) fn tell_failure(&mut self, failure: ProjectionFailure, pause: Duration) {
        let error = ProjectionError::new(self.duty.descriptor, failure);
        self.tell_error(&error);
        if self.store_retries.attempts() > FAILURES_TOLERATED {
            self.tell_stop(error, pause);
        }
    }

    /// Tells what stands in its way for now.
    pub(super) fn tell_error(&self, error: &ProjectionError) {
        tracing::warn!(%error, "a projection cannot go on for now");
        self.duty
            .progress
            .send_modify(|progress| progress.last_error = Some(error.clone()));
    }

    /// Tells that the log's end is in the table, and nothing is left to do; or that of what is, nothing can be done for now.
    pub(super) fn tell_live(&self) {
        let Some((error, pause)) = &self.stuck else {
            return self.tell(self.cursor, ProjectionState::Live);
        };
        let is_told = self
            .duty
            .progress
            .borrow()
            .stopped()
            .is_some_and(|told| told.is(error));
        if !is_told {
            tracing::error!(%error, "a process manager can carry nothing out");
            self.tell_stop(error.clone(), *pause);
        }
        self.duty.progress.send_if_modified(|progress| {
            std::mem::replace(&mut progress.position, self.cursor) != self.cursor
        });
    }

    pub(super) fn tell_stop(&self, error: ProjectionError, pause: Duration) {
        let retry_at = Timestamp::now().saturating_add(pause);
        self.duty.progress.send_modify(|progress| {
            progress.last_error = Some(error.clone());
            progress.state = ProjectionState::Stopped { error, retry_at };
        });
    }

    /// Tells that the log is in the table up to a position. On the way to an event that it stops at, the state stays what it was.
    pub(super) fn tell(&self, position: Position, state: ProjectionState) {
        let on_the_way_to_a_stop = self.stop_at.is_some();
        self.duty.progress.send_if_modified(|progress| {
            let moved = progress.position != position;
            progress.position = position;
            let other = !on_the_way_to_a_stop
                && std::mem::discriminant(&progress.state) != std::mem::discriminant(&state);
            if other {
                progress.state = state;
            }
            moved || other
        });
    }

    /// Tells the checkpoint that it goes on from. A stop at an event lasts until that event is passed.
    pub(super) fn tell_reopened(&self) {
        let position = self.stored;
        self.duty.progress.send_modify(|progress| {
            let still_there = progress
                .stopped()
                .and_then(ProjectionError::position)
                .is_some_and(|at| progress.position == position && !self.skips.contains(&at));
            progress.position = position;
            if !still_there {
                progress.state = ProjectionState::CatchingUp;
            }
        });
    }

    /// Sleeps, unless it is told to stop, or an operator has changed something.
    pub(super) async fn pause(&mut self, pause: Duration) -> Next {
        // Whoever waited before may have heard of the stop already.
        if self.is_told_to_stop() {
            return Next::End;
        }
        tokio::select! {
            biased;
            _ = self.duty.stop.changed() => Next::End,
            () = self.duty.nudge.notified() => Next::Continue,
            () = tokio::time::sleep(pause) => Next::Continue,
        }
    }
}
