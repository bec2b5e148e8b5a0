//! How far the log is known to have grown, and who waits for it to grow.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use eventsource_core::Position;
use tokio::sync::watch;

/// What the log's readers wait for.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    position: Position,
    closed: bool,
}

#[derive(Debug)]
pub(crate) struct Head {
    state: watch::Sender<State>,
    every: Duration,
    looked: Mutex<Option<Instant>>,
}

impl Head {
    pub(crate) fn new(every: Duration) -> Self {
        Self {
            state: watch::Sender::new(State::default()),
            every,
            looked: Mutex::new(None),
        }
    }

    pub(crate) fn publish(&self, position: Position) {
        self.state.send_if_modified(|state| {
            let grown = position > state.position;
            state.position = state.position.max(position);
            grown
        });
    }

    pub(crate) fn close(&self) {
        self.state.send_modify(|state| state.closed = true);
    }

    /// Waits for at most one interval; `true` when the log has grown beyond `after`, or the store was closed.
    pub(crate) async fn grown(&self, after: Position) -> bool {
        let mut state = self.state.subscribe();
        let grown = state.wait_for(|state| state.closed || state.position > after);
        // An error would mean that the sender is gone, which `self` holds.
        tokio::time::timeout(self.every, grown).await.is_ok()
    }

    /// Whether it is time to look at the log itself. Of many who wait, one a time is told so.
    pub(crate) fn is_due(&self) -> bool {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let due = looked.is_none_or(|looked| looked.elapsed() >= self.every);
        if due {
            *looked = Some(Instant::now());
        }
        due
    }
}
