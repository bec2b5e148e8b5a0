//! A page of the log, shown to a batch.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::shards::Share;
use crate::Position;
use crate::projection::{Batch, FoldCause, FoldFailure};
use crate::registry::Registry;
use crate::store::{Recorded, Visitor};

/// At most so many events a page: enough that a page's own cost is not seen, few enough that a runner hears when it is told to stop.
pub(super) const PAGE_EVENTS: usize = 4_096;

/// At most so many bytes of payload a page, in case that all of its events wait for their rows.
const PAGE_BYTES: usize = 8 * 1024 * 1024;

/// Which stored types this program may meet.
#[derive(Debug)]
pub(crate) struct Declarations {
    pub(crate) registry: Registry,
    /// Names that are passed over (`allow_unknown`).
    pub(crate) allowed: Vec<String>,
}

impl Declarations {
    pub(crate) fn allows(&self, name: &str, schema_version: u16) -> bool {
        self.registry.knows(name, schema_version) || self.allowed.iter().any(|it| it == name)
    }
}

/// Feeds a page of the log to a batch. Events that share a position are read together or not at all.
pub(super) struct Page {
    pub(super) batch: Box<dyn Batch>,
    declarations: Arc<Declarations>,
    /// What stands at these positions is passed over.
    skips: Arc<BTreeSet<Position>>,
    /// Which events are its own. It is shown all of them.
    share: Share,
    /// Read no further than to the event before this position.
    before: Option<Position>,
    limit: usize,
    bytes: usize,
    pub(super) events: usize,
    pub(super) last: Option<Position>,
    /// Whether there may be more behind it.
    pub(super) more: bool,
    pub(super) failure: Option<Box<FoldFailure>>,
    /// The first event, where the page is to say which one it was.
    pub(super) first: Option<Place>,
}

/// Which event it was.
pub(super) struct Place {
    pub(super) position: Position,
    stream: String,
    stream_version: u64,
    name: String,
    schema_version: u16,
}

impl Place {
    fn of(event: &Recorded<'_>) -> Self {
        Self {
            position: event.position,
            stream: event.stream.to_owned(),
            stream_version: event.version,
            name: event.name.to_owned(),
            schema_version: event.schema_version,
        }
    }

    pub(super) fn failed(self, cause: FoldCause) -> Box<FoldFailure> {
        Box::new(FoldFailure {
            position: self.position,
            stream: self.stream,
            stream_version: self.stream_version,
            name: self.name,
            schema_version: self.schema_version,
            cause,
        })
    }
}

impl Page {
    pub(super) fn new(
        batch: Box<dyn Batch>,
        declarations: Arc<Declarations>,
        skips: Arc<BTreeSet<Position>>,
        share: Share,
        before: Option<Position>,
        limit: usize,
    ) -> Self {
        Self {
            batch,
            declarations,
            skips,
            share,
            before,
            limit,
            bytes: 0,
            events: 0,
            last: None,
            more: false,
            failure: None,
            first: None,
        }
    }

    fn read(&mut self, event: &Recorded<'_>) -> Result<(), Box<FoldFailure>> {
        if !self.share.has(event) || self.skips.contains(&event.position) {
            return Ok(());
        }
        let listed = self.batch.read(event)?;
        if listed || self.declarations.allows(event.name, event.schema_version) {
            Ok(())
        } else {
            Err(FoldFailure::new(event, FoldCause::Undeclared))
        }
    }
}

impl Visitor for Page {
    fn event(&mut self, event: &Recorded<'_>) -> ControlFlow<()> {
        if self.last != Some(event.position) {
            if self.before.is_some_and(|before| event.position >= before) {
                return ControlFlow::Break(());
            }
            if self.events >= self.limit || self.bytes >= PAGE_BYTES {
                self.more = true;
                return ControlFlow::Break(());
            }
        }
        if self.limit == 1 && self.first.is_none() {
            self.first = Some(Place::of(event));
        }
        if let Err(failure) = self.read(event) {
            self.failure = Some(failure);
            return ControlFlow::Break(());
        }
        self.last = Some(event.position);
        self.events = self.events.saturating_add(1);
        self.bytes = self.bytes.saturating_add(event.payload.len());
        // Where a whole commit passes the limit by, the store may not show the event behind it.
        self.more = self.events > self.limit;
        ControlFlow::Continue(())
    }
}
