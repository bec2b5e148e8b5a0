//! How the log is laid out, as it was last seen: an operator may give it more copies while programs run.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::schema::Layout;

/// For how long what was seen is gone by.
const OF_LATE: Duration = Duration::from_secs(5);

/// What is known.
#[derive(Debug, Default)]
pub(crate) struct Known {
    seen: Mutex<Option<(Layout, Instant)>>,
    /// Held by whoever looks.
    pub(crate) looking: tokio::sync::Mutex<()>,
}

impl Known {
    fn seen(&self) -> Option<(Layout, Instant)> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As it was last seen.
    pub(crate) fn known(&self) -> Option<Layout> {
        self.seen().map(|(layout, _)| layout)
    }

    /// As it was last seen, where that is not long ago.
    pub(crate) fn of_late(&self) -> Option<Layout> {
        let (layout, at) = self.seen()?;
        (at.elapsed() < OF_LATE).then_some(layout)
    }

    pub(crate) fn learn(&self, layout: Layout) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some((layout, Instant::now()));
    }
}
