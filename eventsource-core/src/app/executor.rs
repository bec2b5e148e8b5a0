//! What carries commands out: for the app's callers, and for process managers.

use std::sync::Arc;

use crate::Clock;
use crate::ids::Ids;
use crate::store::Immediate;

/// A store, and what a decision needs beside it.
pub(crate) struct Executor<S> {
    pub(super) store: Arc<S>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ids: Ids,
    /// How often a command is decided again.
    pub(super) retries: u32,
    /// The stored form of metadata of which nothing is known.
    pub(super) no_metadata: Arc<[u8]>,
    /// The read models that every append folds.
    pub(super) immediate: Arc<[Immediate]>,
}

impl<S> Executor<S> {
    pub(crate) fn new(
        store: Arc<S>,
        clock: Arc<dyn Clock>,
        retries: u32,
        immediate: Arc<[Immediate]>,
    ) -> Self {
        Self {
            store,
            clock,
            ids: Ids::default(),
            retries,
            no_metadata: Arc::from([]),
            immediate,
        }
    }

    /// The time now.
    pub(crate) fn now(&self) -> crate::Timestamp {
        self.clock.now()
    }
}
