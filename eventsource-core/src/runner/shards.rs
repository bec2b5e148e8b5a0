//! A long stretch of the log, folded by several workers at once: each takes the streams that are its own.
//!
//! It is done only where a row's key is the stream's id as it stands, so that no two workers ever have the same row: each event is keyed by its
//! stream, and the key is a string. All workers are shown the same stretch, and each reads only what is its own; the rows of all are written
//! together, with one checkpoint.

use std::thread::available_parallelism;

use xxhash_rust::xxh3::xxh3_64;

use crate::Position;
use crate::projection::{Batch, FoldCause, FoldFailure, RowChanges};
use crate::registry::{Keying, ListedRole, ProjectionDescriptor};
use crate::store::{ColumnType, Recorded};
use crate::stream::split;

/// More workers than that wait for the store, which shows each of them the whole stretch.
const MOST: usize = 4;

/// The least number of positions that are worth more than one worker.
const WORTH_IT: u64 = 20_000;

/// Which streams a worker takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    worker: u64,
    of: u64,
}

impl Share {
    pub(super) fn has(self, event: &Recorded<'_>) -> bool {
        self.of == 1 || xxh3_64(split(event.stream).1.as_bytes()) % self.of == self.worker
    }
}

/// The folds of a projection's workers.
pub(super) struct Shards {
    descriptor: &'static ProjectionDescriptor,
    batches: Vec<Box<dyn Batch>>,
    /// Up to where several workers are at it.
    until: Position,
}

impl Shards {
    pub(super) fn one(descriptor: &'static ProjectionDescriptor) -> Self {
        Self {
            descriptor,
            batches: vec![(descriptor.batch)()],
            until: Position::START,
        }
    }

    /// Lets go of everything, and takes as many workers as the stretch from `checkpoint` to `head` is worth.
    pub(super) fn spread(&mut self, checkpoint: Position, head: Position) {
        let workers = workers(self.descriptor, checkpoint, head);
        self.batches = (0..workers).map(|_| (self.descriptor.batch)()).collect();
        self.until = head;
    }

    /// Lets go of everything, and goes on with one worker.
    pub(super) fn gather(&mut self) {
        self.batches.truncate(1);
        self.forget();
    }

    /// Up to where several workers are at it, where they are several.
    pub(super) fn until(&self) -> Option<Position> {
        (self.batches.len() > 1).then_some(self.until)
    }

    /// The folds, each with what it takes. They have to be [put back](Self::put_back).
    pub(super) fn take(&mut self) -> Vec<(Share, Box<dyn Batch>)> {
        let of = u64::try_from(self.batches.len()).unwrap_or(1);
        let fresh = vec![(self.descriptor.batch)()];
        let batches = std::mem::replace(&mut self.batches, fresh);
        (0..)
            .map(|worker| Share { worker, of })
            .zip(batches)
            .collect()
    }

    pub(super) fn put_back(&mut self, batches: Vec<Box<dyn Batch>>) {
        self.batches = batches;
    }

    pub(super) fn batches(&mut self) -> &mut [Box<dyn Batch>] {
        &mut self.batches
    }

    /// What a process manager sends for events up to there is not to be sent again.
    pub(super) fn passed(&mut self, position: Position) {
        for batch in &mut self.batches {
            batch.passed(position);
        }
    }

    pub(super) fn begin_empty(&mut self) {
        for batch in &mut self.batches {
            batch.begin_empty();
        }
    }

    pub(super) fn forget(&mut self) {
        for batch in &mut self.batches {
            batch.forget();
        }
    }

    pub(super) fn changed(&self) -> usize {
        self.batches.iter().map(|batch| batch.changed()).sum()
    }

    pub(super) fn rows_in_memory(&self) -> usize {
        self.batches
            .iter()
            .map(|batch| batch.rows_in_memory())
            .sum()
    }

    pub(super) fn effects(&self) -> usize {
        self.batches.iter().map(|batch| batch.effects()).sum()
    }

    /// What has changed since the last time.
    pub(super) fn changes(&mut self) -> Result<RowChanges, FoldCause> {
        let mut changes = RowChanges::default();
        for batch in &mut self.batches {
            changes.append(batch.changes()?);
        }
        Ok(changes)
    }
}

fn workers(descriptor: &ProjectionDescriptor, checkpoint: Position, head: Position) -> usize {
    let stretch = head.as_raw().saturating_sub(checkpoint.as_raw());
    if stretch < WORTH_IT || !is_keyed_by_stream(descriptor) {
        return 1;
    }
    available_parallelism().map_or(1, |workers| workers.get().min(MOST))
}

fn is_keyed_by_stream(descriptor: &ProjectionDescriptor) -> bool {
    let events = descriptor
        .events
        .iter()
        .filter(|listed| listed.role != ListedRole::Ignored)
        .all(|listed| listed.keying == Keying::Stream);
    let columns = (descriptor.columns)();
    let key = columns.iter().find(|column| column.key);
    events
        && descriptor.process.is_none()
        && key.is_some_and(|key| key.column_type == ColumnType::Text)
}

/// Of several failures, the one that stands first in the log.
pub(super) fn first(
    failures: impl IntoIterator<Item = Box<FoldFailure>>,
) -> Option<Box<FoldFailure>> {
    failures.into_iter().min_by_key(|failure| failure.position)
}
