//! A long stretch of the log, folded by several workers at once: each takes the streams that are its own.
//!
//! It is done only where the stream's id alone tells the row, so that no two workers ever have the same one: each event is keyed by its stream,
//! and the key is a string, a whole number or a UUID. All workers are shown the same stretch, and each reads only what is its own; the rows
//! of all are written together, with one checkpoint. Where an event's content tells the row, each worker would have to read every event, which
//! is most of the work.

use std::thread::available_parallelism;

use uuid::Uuid;
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
    ids: Ids,
}

impl Share {
    pub(super) fn has(self, event: &Recorded<'_>) -> bool {
        self.of == 1 || self.ids.hash(split(event.stream).1) % self.of == self.worker
    }
}

/// How the ids of streams are read as keys.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ids {
    AsTheyStand,
    Integers,
    Uuids,
}

impl Ids {
    fn of(key: ColumnType) -> Option<Self> {
        match key {
            ColumnType::Text => Some(Self::AsTheyStand),
            ColumnType::Integer => Some(Self::Integers),
            ColumnType::Uuid => Some(Self::Uuids),
            _ => None,
        }
    }

    /// The same for all ids that are read as one key, such as `7` and `07`. One that is no key is refused by whoever takes it.
    fn hash(self, id: &str) -> u64 {
        let read = match self {
            Self::AsTheyStand => None,
            Self::Integers => id.parse::<i128>().ok().map(i128::to_le_bytes),
            Self::Uuids => Uuid::parse_str(id).ok().map(Uuid::into_bytes),
        };
        read.map_or_else(|| xxh3_64(id.as_bytes()), |read| xxh3_64(&read))
    }
}

/// The folds of a projection's workers.
pub(super) struct Shards {
    descriptor: &'static ProjectionDescriptor,
    /// How streams tell rows, where they do.
    ids: Option<Ids>,
    batches: Vec<Box<dyn Batch>>,
    /// Up to where several workers are at it.
    until: Position,
}

impl Shards {
    pub(super) fn one(descriptor: &'static ProjectionDescriptor) -> Self {
        Self {
            descriptor,
            ids: ids(descriptor),
            batches: vec![(descriptor.batch)()],
            until: Position::START,
        }
    }

    /// Lets go of everything, and takes as many workers as the stretch from `checkpoint` to `head` is worth.
    pub(super) fn spread(&mut self, checkpoint: Position, head: Position) {
        let stretch = head.as_raw().saturating_sub(checkpoint.as_raw());
        let workers = if stretch < WORTH_IT {
            1
        } else {
            available_parallelism().map_or(1, |workers| workers.get().min(MOST))
        };
        self.spread_over(workers, head);
    }

    /// Lets go of everything, and takes so many workers up to `head`, where they can share the work.
    pub(super) fn spread_over(&mut self, workers: usize, head: Position) {
        let workers = if self.ids.is_some() { workers } else { 1 };
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
        let ids = self.ids.unwrap_or(Ids::AsTheyStand);
        (0..)
            .map(|worker| Share { worker, of, ids })
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

fn ids(descriptor: &ProjectionDescriptor) -> Option<Ids> {
    let events = descriptor.events.iter();
    let mut events = events.filter(|listed| listed.role != ListedRole::Ignored);
    let by_stream = events.all(|listed| listed.keying == Keying::Stream);
    if !by_stream || descriptor.process.is_some() {
        return None;
    }
    let columns = (descriptor.columns)();
    let key = columns.iter().find(|column| column.key);
    key.and_then(|key| Ids::of(key.column_type))
}

/// Of several failures, the one that stands first in the log.
pub(super) fn first(
    failures: impl IntoIterator<Item = Box<FoldFailure>>,
) -> Option<Box<FoldFailure>> {
    failures.into_iter().min_by_key(|failure| failure.position)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_key_are_one_workers() {
        for id in ["07", "+7", "0007"] {
            assert_eq!(Ids::Integers.hash(id), Ids::Integers.hash("7"));
            assert_ne!(Ids::AsTheyStand.hash(id), Ids::AsTheyStand.hash("7"));
        }
        let uuid = Uuid::now_v7();
        for id in [
            uuid.simple().to_string(),
            uuid.to_string().to_uppercase(),
            uuid.urn().to_string(),
        ] {
            assert_eq!(Ids::Uuids.hash(&id), Ids::Uuids.hash(&uuid.to_string()));
        }
    }
}
