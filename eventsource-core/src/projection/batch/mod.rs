//! A stretch of the log, folded into rows: read the events, find their rows, fold, and say what changed.

mod failure;
mod waiting;

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use uuid::Uuid;

use self::waiting::Waiting;
use super::{EventContext, KeyColumn, Projection, RowError};
use crate::Position;
use crate::event::Stored;
use crate::process::Effects;
use crate::store::{OutboxEntry, Recorded, Row, Value};

pub use failure::{FoldCause, FoldFailure};

/// The rows that a stretch of the log changed.
#[derive(Debug, Default)]
pub struct RowChanges {
    /// Rows to insert or replace.
    pub upserts: Vec<Row>,
    /// Keys of rows to remove.
    pub deletes: Vec<Value>,
    /// What a process manager sends.
    pub sends: Vec<OutboxEntry>,
    /// Ids of what it calls off.
    pub cancels: Vec<Uuid>,
}

impl RowChanges {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.upserts.is_empty()
            && self.deletes.is_empty()
            && self.sends.is_empty()
            && self.cancels.is_empty()
    }
}

impl RowChanges {
    /// Adds those of other rows.
    pub(crate) fn append(&mut self, mut others: Self) {
        self.upserts.append(&mut others.upserts);
        self.deletes.append(&mut others.deletes);
        self.sends.append(&mut others.sends);
        self.cancels.append(&mut others.cancels);
    }

    fn effects(&self) -> usize {
        self.sends.len().saturating_add(self.cancels.len())
    }

    /// Adds what an instance of a process manager did.
    pub(crate) fn add(&mut self, effects: Effects) -> Result<(), FoldCause> {
        if let Some(command) = effects.unsendable {
            return Err(FoldCause::Unsendable { command });
        }
        self.sends.extend(effects.sends);
        self.cancels.extend(effects.cancels);
        Ok(())
    }
}

/// The fold of one projection, without its type.
///
/// [`read`](Self::read) folds an event at once where its row is in memory, straight from the store's buffer; where it is not, the event
/// waits until the [`missing`](Self::missing) rows are [`supplied`](Self::supply). Nothing waits when [`changes`](Self::changes) are taken
/// to be written. Rows stay in memory until [`forget`](Self::forget), so that a row that changes often is fetched once.
///
/// After an error the rows in memory are not to be trusted: forget them, and read again from the last checkpoint up to the event before.
pub trait Batch: Send {
    /// Takes one event. `false`: the projection does not list it.
    ///
    /// # Errors
    ///
    /// When it cannot be read or folded.
    fn read(&mut self, event: &Recorded<'_>) -> Result<bool, Box<FoldFailure>>;

    /// The keys of the rows that events wait for.
    fn missing(&mut self) -> Vec<Value>;

    /// Takes the rows of these keys, and folds the events that waited for them.
    ///
    /// # Errors
    ///
    /// When a stored row cannot be read, or an event cannot be folded.
    fn supply(&mut self, keys: Vec<Value>, rows: Vec<Option<Row>>) -> Result<(), Box<FoldFailure>>;

    /// How many rows have changed since the last [`changes`](Self::changes).
    fn changed(&self) -> usize;

    /// The rows that have changed since the last time.
    ///
    /// # Errors
    ///
    /// When a row cannot be written; which event made it so is not known here.
    fn changes(&mut self) -> Result<RowChanges, FoldCause>;

    /// How many rows are in memory.
    fn rows_in_memory(&self) -> usize;

    /// How many commands a process manager has sent and called off since the last [`changes`](Self::changes): they are in memory too. None in
    /// a projection.
    fn effects(&self) -> usize {
        0
    }

    /// Tells that the table is empty, so that no row has to be fetched until the next [`forget`](Self::forget).
    fn begin_empty(&mut self);

    /// What a process manager sends for events up to this position is not to be sent again.
    fn passed(&mut self, position: Position);

    /// Lets go of all rows and events.
    fn forget(&mut self);
}

/// An empty batch of `P`.
#[must_use]
pub fn batch<P: Projection>() -> Box<dyn Batch> {
    Box::new(TypedBatch::<P> {
        rows: Rows {
            slots: HashMap::new(),
            changes: Changes {
                keys: Vec::new(),
                effects: RowChanges::default(),
                passed: Position::START,
            },
        },
        waiting: Waiting::default(),
        missing: Vec::new(),
        table_is_empty: false,
        key_column: KeyColumn::of::<P>(),
        inputs: Vec::new(),
        keys: Vec::new(),
    })
}

struct TypedBatch<P: Projection> {
    rows: Rows<P>,
    waiting: Waiting<P::Input>,
    missing: Vec<Value>,
    table_is_empty: bool,
    key_column: KeyColumn,
    /// Used again from event to event.
    inputs: Vec<P::Input>,
    keys: Vec<Value>,
}

struct Rows<P> {
    slots: HashMap<Value, Slot<P>>,
    /// Which of them have changed, and what else was done.
    changes: Changes,
}

struct Changes {
    keys: Vec<Value>,
    /// What a process manager has sent and called off.
    effects: RowChanges,
    /// Up to here it sends nothing.
    passed: Position,
}

/// What is known of the row of one key.
enum Slot<P> {
    /// Not fetched yet.
    Missing,
    /// Fetched or made; `None`: there is no such row.
    Here { row: Option<P>, changed: bool },
}

impl<P> Slot<P> {
    const ABSENT: Self = Self::Here {
        row: None,
        changed: false,
    };
}

/// Folds an event into the row of one key. `false`: the row has to be fetched first.
fn fold_into<P: Projection>(
    key: &Value,
    slot: &mut Slot<P>,
    changes: &mut Changes,
    event: &P::Input,
    part: u32,
    context: &EventContext<'_>,
) -> Result<bool, FoldCause> {
    let Slot::Here { row, changed } = slot else {
        return Ok(false);
    };
    if !std::mem::replace(changed, true) {
        changes.keys.push(key.clone());
    }
    let state = match row {
        Some(state) => state,
        None => row.insert(P::begin(key.clone())?),
    };
    if P::DESCRIPTOR.process.is_some() {
        let cause = context.event_id();
        context.act(Effects::new(P::DESCRIPTOR, cause, part, key.clone()));
    }
    state.fold(event, context);
    if context.metadata_unreadable() {
        return Err(FoldCause::Metadata);
    }
    if let Some(effects) = context.take_effects()
        && context.position() > changes.passed
    {
        changes.effects.add(effects)?;
    }
    if context.take_deleted() {
        *row = None;
    }
    Ok(true)
}

/// An event that names a row twice happened to it once.
fn once_each(keys: &mut Vec<Value>) {
    if keys.len() > 1 {
        let mut seen = HashSet::with_capacity(keys.len());
        keys.retain(|key| seen.insert(key.clone()));
    }
}

/// Runs the user's code: what panics there stops the projection, not the program.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, FoldCause>) -> Result<T, FoldCause> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(FoldCause::Panic))
}

impl<P: Projection> TypedBatch<P> {
    fn take(&mut self, event: &Recorded<'_>) -> Result<bool, FoldCause> {
        self.inputs.clear();
        let listed = P::read(&Stored::from(event), &mut self.inputs)?;
        let context = EventContext::new(*event);
        for (part, input) in (0..).zip(self.inputs.drain(..)) {
            self.keys.clear();
            P::keys(&input, &context, &mut self.keys)?;
            if context.metadata_unreadable() {
                return Err(FoldCause::Metadata);
            }
            once_each(&mut self.keys);
            let mut waits_for = Vec::new();
            for key in self.keys.drain(..) {
                let Rows { slots, changes } = &mut self.rows;
                match slots.get_mut(&key) {
                    Some(slot) => {
                        if !fold_into(&key, slot, changes, &input, part, &context)? {
                            waits_for.push(key);
                        }
                    }
                    None if self.table_is_empty => {
                        let mut slot = Slot::ABSENT;
                        fold_into(&key, &mut slot, changes, &input, part, &context)?;
                        slots.insert(key, slot);
                    }
                    None => {
                        slots.insert(key.clone(), Slot::Missing);
                        self.missing.push(key.clone());
                        waits_for.push(key);
                    }
                }
            }
            if !waits_for.is_empty() {
                self.waiting.push(input, part, waits_for, event);
            }
        }
        Ok(listed)
    }

    fn fold_waiting(&mut self) -> Result<(), Box<FoldFailure>> {
        for (input, recorded) in self.waiting.iter() {
            let context = EventContext::new(recorded);
            let Rows { slots, changes } = &mut self.rows;
            guarded(|| {
                for key in &input.keys {
                    let slot = slots.get_mut(key);
                    let slot = slot.filter(|slot| matches!(slot, Slot::Here { .. }));
                    let Some(slot) = slot else {
                        let problem = "the store did not answer with the event's row";
                        return Err(RowError::new("key", problem).into());
                    };
                    fold_into(key, slot, changes, &input.event, input.part, &context)?;
                }
                Ok(())
            })
            .map_err(|cause| FoldFailure::new(&recorded, cause))?;
        }
        self.waiting.clear();
        Ok(())
    }
}

impl<P: Projection> Batch for TypedBatch<P> {
    fn read(&mut self, event: &Recorded<'_>) -> Result<bool, Box<FoldFailure>> {
        guarded(|| self.take(event)).map_err(|cause| FoldFailure::new(event, cause))
    }

    fn missing(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.missing)
    }

    fn supply(&mut self, keys: Vec<Value>, rows: Vec<Option<Row>>) -> Result<(), Box<FoldFailure>> {
        for (key, row) in keys.into_iter().zip(rows) {
            match guarded(|| Ok(row.map(P::from_row).transpose()?)) {
                Ok(row) => {
                    let changed = false;
                    self.rows.slots.insert(key, Slot::Here { row, changed });
                }
                Err(cause) => {
                    // The projection stops at the first event that needs the row.
                    let mut waiting = self.waiting.iter();
                    if let Some((_, event)) = waiting.find(|(input, _)| input.keys.contains(&key)) {
                        return Err(FoldFailure::new(&event, cause));
                    }
                }
            }
        }
        self.fold_waiting()
    }

    fn changed(&self) -> usize {
        self.rows.changes.keys.len().saturating_add(self.effects())
    }

    fn changes(&mut self) -> Result<RowChanges, FoldCause> {
        let mut changes = std::mem::take(&mut self.rows.changes.effects);
        let key_column = self.key_column;
        for key in self.rows.changes.keys.drain(..) {
            let Some(Slot::Here { row, changed }) = self.rows.slots.get_mut(&key) else {
                continue;
            };
            *changed = false;
            match row {
                Some(row) => {
                    let row = guarded(|| Ok(key_column.row(row, &key)?))?;
                    changes.upserts.push(row);
                }
                None => changes.deletes.push(key),
            }
        }
        Ok(changes)
    }

    fn rows_in_memory(&self) -> usize {
        self.rows.slots.len()
    }

    fn effects(&self) -> usize {
        self.rows.changes.effects.effects()
    }

    fn begin_empty(&mut self) {
        self.table_is_empty = true;
    }

    fn passed(&mut self, position: Position) {
        self.rows.changes.passed = position;
    }

    fn forget(&mut self) {
        self.rows.slots.clear();
        self.rows.changes.keys.clear();
        self.rows.changes.effects = RowChanges::default();
        self.waiting.clear();
        self.missing.clear();
        self.table_is_empty = false;
    }
}
