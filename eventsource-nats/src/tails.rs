//! Where streams end, as far as this store knows: so that an append need not look first.
//!
//! What is known may be old. An append that goes by it is then refused by the server, and looks.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use eventsource_core::{StreamName, Timestamp};
use lru::LruCache;

/// The end of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tail {
    /// The version of its last event; 0: it has none.
    pub(crate) version: u64,
    /// The sequence of its last message in the log.
    pub(crate) sequence: u64,
    /// When its last event was recorded.
    pub(crate) recorded_at: Timestamp,
}

impl Tail {
    /// Of a stream without events.
    pub(crate) const NONE: Self = Self {
        version: 0,
        sequence: 0,
        recorded_at: Timestamp::from_micros(i64::MIN),
    };
}

/// The ends of the streams that were last used.
pub(crate) struct Tails(Mutex<LruCache<StreamName, Tail>>);

impl Tails {
    pub(crate) fn new(streams: usize) -> Self {
        let streams = NonZeroUsize::new(streams).unwrap_or(NonZeroUsize::MIN);
        Self(Mutex::new(LruCache::new(streams)))
    }

    pub(crate) fn of(&self, stream: &StreamName) -> Option<Tail> {
        let mut tails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tails.get(stream).copied()
    }

    /// Remembers an end, unless a later one is known.
    pub(crate) fn learn(&self, stream: &StreamName, tail: Tail) {
        let mut tails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match tails.get_mut(stream) {
            Some(known) if known.version > tail.version => {}
            Some(known) => *known = tail,
            None => {
                tails.put(stream.clone(), tail);
            }
        }
    }
}
