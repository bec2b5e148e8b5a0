//! Commits that wait to be written.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use eventsource_core::store::{AppendError, Commit, Committed};
use tokio::sync::{Notify, OwnedSemaphorePermit, oneshot, watch};
use tokio::time::timeout;

use super::call;

/// A group is closed when it has so many bytes: a message to the server has at most 1 GB, and a long one holds up the others.
const GROUP_BYTES: usize = 4 * 1024 * 1024;

/// A commit, and who waits for what becomes of it.
pub(super) struct Task {
    pub(super) commit: Box<Commit>,
    pub(super) answer: oneshot::Sender<Result<Committed, AppendError>>,
    pub(super) _permit: OwnedSemaphorePermit,
}

pub(super) struct Queue {
    state: Mutex<State>,
    /// Whether somebody writes.
    busy: watch::Sender<bool>,
    /// Told when as many wait as [`gather`](Queue::gather) waits for.
    gathered: Notify,
    group: usize,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Task>,
    busy: bool,
    closed: bool,
    /// How many are waited for; none where that is 0.
    wanted: usize,
}

impl Queue {
    pub(super) fn new(group: usize) -> Self {
        Self {
            state: Mutex::default(),
            busy: watch::Sender::new(false),
            gathered: Notify::new(),
            group,
        }
    }

    // A lock is poisoned by a panic under it, and nothing under this one panics.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a commit. `true` when nobody writes: the caller then has to have somebody begin. `Err` when the queue is closed.
    pub(super) fn push(&self, task: Task) -> Result<bool, Task> {
        let mut state = self.state();
        if state.closed {
            return Err(task);
        }
        state.waiting.push_back(task);
        let begin = !state.busy;
        state.busy = true;
        let gathered = state.wanted > 0 && state.waiting.len() >= state.wanted;
        drop(state);
        if gathered {
            self.gathered.notify_one();
        }
        if begin {
            self.busy.send_replace(true);
        }
        Ok(begin)
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.state().waiting.len()
    }

    /// Waits until so many wait, or the time is over. Whether they came.
    pub(super) async fn gather(&self, wanted: usize, time: Duration) -> bool {
        let wanted = wanted.min(self.group);
        let come = async {
            loop {
                {
                    let mut state = self.state();
                    if state.waiting.len() >= wanted || state.closed {
                        return;
                    }
                    state.wanted = wanted;
                }
                self.gathered.notified().await;
            }
        };
        let in_time = timeout(time, come).await.is_ok();
        self.state().wanted = 0;
        in_time
    }

    /// The next commits to be written together, each id once; `None` when nothing waits, and whoever asked then writes no more.
    pub(super) fn take(&self) -> Option<Vec<Task>> {
        let mut state = self.state();
        let mut taken: Vec<Task> = Vec::new();
        let mut ids = HashSet::new();
        let mut bytes: usize = 0;
        while let Some(next) = state.waiting.front() {
            bytes = bytes.saturating_add(call::bytes(&next.commit));
            let full = taken.len() >= self.group || bytes > GROUP_BYTES;
            if !taken.is_empty() && (full || ids.contains(&next.commit.id)) {
                break;
            }
            ids.insert(next.commit.id);
            taken.extend(state.waiting.pop_front());
        }
        if taken.is_empty() {
            state.busy = false;
            drop(state);
            self.busy.send_replace(false);
            return None;
        }
        Some(taken)
    }

    /// Whoever writes has to stop in mid-work: all that waits is let go.
    pub(super) fn abandon(&self) {
        let mut state = self.state();
        let waiting = std::mem::take(&mut state.waiting);
        state.busy = false;
        drop(state);
        self.busy.send_replace(false);
        drop(waiting);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state().closed
    }

    pub(super) fn refuse_more(&self) {
        self.state().closed = true;
    }

    /// Takes nothing more, and waits until nothing is left.
    pub(super) async fn close(&self) {
        self.refuse_more();
        let mut busy = self.busy.subscribe();
        // An error would mean that the sender is gone, which `self` holds.
        let _ = busy.wait_for(|busy| !busy).await;
    }
}
