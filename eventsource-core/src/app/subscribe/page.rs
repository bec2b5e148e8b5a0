//! A stretch of the log, of which a reader takes what it asked for.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::store::{Recorded, RecordedEvent, StoreError, StoreErrorKind, Visitor};
use crate::stream::split;
use crate::{Position, StreamName};

/// So many events are looked at in one read, of which none may be wanted.
pub(super) const SCANNED_EVENTS: usize = 4_096;

/// A page ends where its payloads have more bytes than this.
const PAGE_BYTES: usize = 1024 * 1024;

/// Which events are wanted.
#[derive(Debug, Default)]
pub(super) struct Selection {
    pub(super) names: Vec<String>,
    pub(super) categories: Vec<String>,
    pub(super) streams: Vec<StreamName>,
}

impl Selection {
    fn wants(&self, event: &Recorded<'_>) -> bool {
        let anywhere = self.categories.is_empty() && self.streams.is_empty();
        let category = split(event.stream).0;
        (self.names.is_empty() || self.names.iter().any(|name| name == event.name))
            && (anywhere
                || self.categories.iter().any(|wanted| wanted == category)
                || self.streams.iter().any(|it| it.as_str() == event.stream))
    }
}

/// Takes the wanted events. Those that share a position are taken together or not at all.
pub(super) struct Page {
    selection: Arc<Selection>,
    limit: usize,
    bytes: usize,
    pub(super) taken: Vec<RecordedEvent>,
    /// Up to here every event was looked at.
    pub(super) seen: Option<Position>,
    /// The position before that.
    before: Option<Position>,
    /// Of the event that it could not take, behind what was seen.
    pub(super) failure: Option<StoreError>,
}

impl Page {
    pub(super) fn new(selection: Arc<Selection>, limit: usize) -> Self {
        Self {
            selection,
            limit,
            bytes: 0,
            taken: Vec::new(),
            seen: None,
            before: None,
            failure: None,
        }
    }

    fn is_full(&self) -> bool {
        self.taken.len() >= self.limit || self.bytes >= PAGE_BYTES
    }
}

impl Visitor for Page {
    fn event(&mut self, event: &Recorded<'_>) -> ControlFlow<()> {
        if self.seen != Some(event.position) {
            if self.is_full() {
                return ControlFlow::Break(());
            }
            self.before = self.seen.replace(event.position);
        }
        if !self.selection.wants(event) {
            return ControlFlow::Continue(());
        }
        match RecordedEvent::try_from(event) {
            Ok(taken) => {
                self.bytes = self.bytes.saturating_add(taken.payload.len());
                self.taken.push(taken);
                ControlFlow::Continue(())
            }
            Err(source) => {
                self.taken.retain(|taken| taken.position < event.position);
                self.seen = self.before;
                self.failure = Some(StoreError::new(
                    StoreErrorKind::Corrupt,
                    format!("the log, position {}", event.position),
                    format!("the name of the event's stream is none: {source}"),
                ));
                ControlFlow::Break(())
            }
        }
    }
}
