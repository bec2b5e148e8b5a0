//! A stretch of the log, folded into rows: read the events, find their rows, fold, and say what changed.

use std::collections::HashMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use uuid::Uuid;

use super::{EventContext, Projection, RowError};
use crate::event::{DecodeError, Stored};
use crate::store::{Recorded, Row, Value};
use crate::{Position, Timestamp};

/// Why a projection cannot go on, and at which event.
#[derive(Debug)]
#[non_exhaustive]
pub struct FoldFailure {
    /// The event's place in the whole log.
    pub position: Position,
    /// Its stream.
    pub stream: String,
    /// Its place in its stream.
    pub stream_version: u64,
    /// The name that it is stored under.
    pub name: String,
    /// What went wrong.
    pub cause: FoldCause,
}

/// What went wrong with an event.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FoldCause {
    /// It cannot be read.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// Its key or its row cannot be read or written.
    #[error(transparent)]
    Row(#[from] RowError),
    /// Its metadata was asked for and cannot be read.
    #[error("its stored metadata cannot be read")]
    Metadata,
    /// The user's code panicked. The message is not kept, since it may hold a payload.
    #[error("the fold panicked: mend it, and the projection goes on from here")]
    Panic,
}

impl fmt::Display for FoldFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "event {} at position {} (stream {}, version {}): {}",
            self.name, self.position, self.stream, self.stream_version, self.cause
        )
    }
}

impl std::error::Error for FoldFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

/// The rows that a batch changed.
#[derive(Debug, Default)]
pub struct RowChanges {
    /// Rows to insert or replace.
    pub upserts: Vec<Row>,
    /// Keys of rows to remove.
    pub deletes: Vec<Value>,
}

/// The fold of one projection, without its type. Used so: [`read`](Self::read) some events, [`supply`](Self::supply) the rows that are
/// [`missing`](Self::missing), [`fold`](Self::fold), write the changes, and so on. Rows stay in memory between batches until
/// [`forget`](Self::forget), so that a row that is changed often is read once.
pub trait Batch: Send {
    /// Reads an event and adds it. `false`: the projection does not list it.
    ///
    /// # Errors
    ///
    /// When it cannot be read; the batch is as it was before.
    fn read(&mut self, event: &Recorded<'_>) -> Result<bool, FoldFailure>;

    /// How many events wait to be folded.
    fn waiting(&self) -> usize;

    /// The keys whose rows are not in memory.
    fn missing(&self) -> Vec<Value>;

    /// Takes the rows of these keys.
    ///
    /// # Errors
    ///
    /// When a stored row cannot be read.
    fn supply(&mut self, keys: Vec<Value>, rows: Vec<Option<Row>>) -> Result<(), RowError>;

    /// Folds what was read, and says which rows changed.
    ///
    /// # Errors
    ///
    /// When an event's fold fails. The rows in memory are then not to be trusted: [`forget`](Self::forget) them, and read again up to
    /// the event before.
    fn fold(&mut self) -> Result<RowChanges, FoldFailure>;

    /// How many rows are in memory.
    fn rows_in_memory(&self) -> usize;

    /// Lets go of all rows and events.
    fn forget(&mut self);
}

/// An empty batch of `P`.
#[must_use]
pub fn batch<P: Projection>() -> Box<dyn Batch> {
    Box::new(TypedBatch::<P> {
        inputs: Vec::new(),
        rows: HashMap::new(),
        scratch: Vec::new(),
        keys: Vec::new(),
    })
}

struct TypedBatch<P: Projection> {
    inputs: Vec<Input<P>>,
    rows: HashMap<Value, Slot<P>>,
    scratch: Vec<P::Input>,
    keys: Vec<Value>,
}

struct Slot<P> {
    row: Option<P>,
    known: bool,
    changed: bool,
}

/// One event, or a part of a split one, with what its context needs.
struct Input<P: Projection> {
    event: P::Input,
    keys: Vec<Value>,
    origin: Arc<Origin>,
}

/// What is kept of a recorded event beside its payload.
struct Origin {
    position: Position,
    index: u32,
    stream: String,
    version: u64,
    event_id: Uuid,
    name: String,
    schema_version: u16,
    recorded_at: Timestamp,
    metadata: Vec<u8>,
}

impl Origin {
    fn of(event: &Recorded<'_>) -> Self {
        Self {
            position: event.position,
            index: event.index,
            stream: event.stream.to_owned(),
            version: event.version,
            event_id: event.event_id,
            name: event.name.to_owned(),
            schema_version: event.schema_version,
            recorded_at: event.recorded_at,
            metadata: event.metadata.to_vec(),
        }
    }

    fn recorded(&self) -> Recorded<'_> {
        Recorded {
            position: self.position,
            index: self.index,
            stream: &self.stream,
            version: self.version,
            event_id: self.event_id,
            name: &self.name,
            schema_version: self.schema_version,
            recorded_at: self.recorded_at,
            payload: &[],
            metadata: &self.metadata,
        }
    }
}

fn failure(event: &Recorded<'_>, cause: impl Into<FoldCause>) -> FoldFailure {
    FoldFailure {
        position: event.position,
        stream: event.stream.to_owned(),
        stream_version: event.version,
        name: event.name.to_owned(),
        cause: cause.into(),
    }
}

impl<P: Projection> Batch for TypedBatch<P> {
    fn read(&mut self, event: &Recorded<'_>) -> Result<bool, FoldFailure> {
        self.scratch.clear();
        let listed = P::read(&Stored::from(event), &mut self.scratch)
            .map_err(|error| failure(event, error))?;
        if self.scratch.is_empty() {
            return Ok(listed);
        }
        let before = self.inputs.len();
        let origin = Arc::new(Origin::of(event));
        let context = EventContext::new(*event);
        for input in self.scratch.drain(..) {
            // A key function is the user's code: it may panic as a fold may.
            let keys = catch_unwind(AssertUnwindSafe(|| {
                P::keys(&input, &context, &mut self.keys).map(|()| std::mem::take(&mut self.keys))
            }));
            let cause = match keys {
                Ok(Ok(keys)) if !context.metadata_unreadable() => {
                    self.inputs.push(Input {
                        event: input,
                        keys,
                        origin: Arc::clone(&origin),
                    });
                    continue;
                }
                Ok(Ok(_)) => FoldCause::Metadata,
                Ok(Err(error)) => FoldCause::Row(error),
                Err(_) => FoldCause::Panic,
            };
            self.keys.clear();
            self.inputs.truncate(before);
            return Err(failure(event, cause));
        }
        for input in &self.inputs[before..] {
            for key in &input.keys {
                if !self.rows.contains_key(key) {
                    self.rows.insert(
                        key.clone(),
                        Slot {
                            row: None,
                            known: false,
                            changed: false,
                        },
                    );
                }
            }
        }
        Ok(true)
    }

    fn waiting(&self) -> usize {
        self.inputs.len()
    }

    fn missing(&self) -> Vec<Value> {
        self.rows
            .iter()
            .filter(|(_, slot)| !slot.known)
            .map(|(key, _)| key.clone())
            .collect()
    }

    fn supply(&mut self, keys: Vec<Value>, rows: Vec<Option<Row>>) -> Result<(), RowError> {
        for (key, row) in keys.into_iter().zip(rows) {
            let row = row.map(P::from_row).transpose()?;
            self.rows.insert(
                key,
                Slot {
                    row,
                    known: true,
                    changed: false,
                },
            );
        }
        Ok(())
    }

    fn fold(&mut self) -> Result<RowChanges, FoldFailure> {
        for Input {
            event,
            keys,
            origin,
        } in self.inputs.drain(..)
        {
            let recorded = origin.recorded();
            let context = EventContext::new(recorded);
            for key in keys {
                let Some(slot) = self.rows.get_mut(&key) else {
                    continue;
                };
                let row = match &mut slot.row {
                    Some(row) => row,
                    none => none.insert(P::begin(key).map_err(|error| failure(&recorded, error))?),
                };
                slot.changed = true;
                catch_unwind(AssertUnwindSafe(|| row.fold(&event, &context)))
                    .map_err(|_| failure(&recorded, FoldCause::Panic))?;
                if context.metadata_unreadable() {
                    return Err(failure(&recorded, FoldCause::Metadata));
                }
                if context.take_deleted() {
                    slot.row = None;
                }
            }
        }
        let mut changes = RowChanges::default();
        let mut last = None;
        for (key, slot) in &mut self.rows {
            if !std::mem::take(&mut slot.changed) {
                continue;
            }
            match &slot.row {
                Some(row) => match row.to_row() {
                    Ok(row) => changes.upserts.push(row),
                    Err(error) => {
                        last = Some(error);
                        break;
                    }
                },
                None => changes.deletes.push(key.clone()),
            }
        }
        match last {
            None => Ok(changes),
            // Which event made the row unwritable is found by folding them one at a time; the runner does so.
            Some(error) => Err(FoldFailure {
                position: Position::START,
                stream: String::new(),
                stream_version: 0,
                name: String::new(),
                cause: error.into(),
            }),
        }
    }

    fn rows_in_memory(&self) -> usize {
        self.rows.len()
    }

    fn forget(&mut self) {
        self.inputs.clear();
        self.rows.clear();
    }
}
