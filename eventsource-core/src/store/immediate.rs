//! Read models that an append folds in its own transaction.
//!
//! A store that can do it goes this way, in the transaction of the append, behind the checks of the commit's id and of its versions and
//! with the positions of its events known. Of each read model that it was told to fold ([`ViewStore::make_immediate`]):
//!
//! 1. it looks for the [`Immediate`] of the same name in [`Commit::immediate`]. Where there is none, the commit is refused with
//!    [`AppendError::NotFolded`]. One of another version leaves this table to those who have its version.
//! 2. It makes an [`ImmediateFold`] and shows it, from the table's checkpoint on, what stands in the log before the commit, and then the
//!    commit's own events. The first is a gap that a program of another version has left; it is shown in stretches, behind the positions of it
//!    that are to be [passed over](ImmediateFold::pass_over).
//! 3. It supplies the rows that are [missing](ImmediateFold::missing), at the end and after each stretch.
//! 4. It writes what the fold [leads to](ImmediateFold::write), rows and checkpoint.
//!
//! What fails refuses this commit alone, and leaves no trace of it: not in the log either.
//!
//! [`ViewStore::make_immediate`]: super::ViewStore::make_immediate
//! [`Commit::immediate`]: super::Commit::immediate

use std::collections::BTreeSet;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::{AppendError, Recorded, Row, Value, ViewStoreError, ViewTable, ViewWrite, Visitor};
use crate::Position;
use crate::projection::{Batch, FoldCause, FoldFailure};
use crate::runner::Declarations;

/// A read model that an append folds in its own transaction.
#[derive(Clone)]
pub struct Immediate {
    table: Arc<ViewTable>,
    batch: fn() -> Box<dyn Batch>,
    /// Which events of a gap may be passed over; all, where it is not told.
    declarations: Option<Arc<Declarations>>,
}

impl Immediate {
    /// A table, and what folds events into its rows.
    #[must_use]
    pub fn new(table: Arc<ViewTable>, batch: fn() -> Box<dyn Batch>) -> Self {
        Self {
            table,
            batch,
            declarations: None,
        }
    }

    /// Refuses to pass over an event that nothing here declares.
    pub(crate) fn declared(mut self, declarations: Arc<Declarations>) -> Self {
        self.declarations = Some(declarations);
        self
    }

    /// The table.
    #[must_use]
    pub fn table(&self) -> &Arc<ViewTable> {
        &self.table
    }

    /// A fold that has seen no event and no row.
    #[must_use]
    pub fn fold(&self) -> ImmediateFold {
        ImmediateFold {
            batch: (self.batch)(),
            table: Arc::clone(&self.table),
            declarations: self.declarations.clone(),
            skips: BTreeSet::new(),
            last: None,
            failure: None,
        }
    }
}

impl fmt::Debug for Immediate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Immediate")
            .field("table", &self.table.name)
            .field("version", &self.table.version)
            .finish_non_exhaustive()
    }
}

/// Which event was folded last.
#[derive(Default)]
struct Last {
    position: Position,
    stream: String,
    stream_version: u64,
    name: String,
    schema_version: u16,
}

/// Events on their way into one table, within one transaction.
///
/// Rows stay in memory from commit to commit of the same transaction, and are to be [forgotten](Self::forget) when a part of it is undone or
/// somebody else writes to the table.
///
/// It is a [`Visitor`] too, for a stretch of the log: what fails there is found by [`check`](Self::check).
pub struct ImmediateFold {
    batch: Box<dyn Batch>,
    table: Arc<ViewTable>,
    declarations: Option<Arc<Declarations>>,
    /// What stands at these positions is passed over.
    skips: BTreeSet<Position>,
    last: Option<Last>,
    failure: Option<Box<FoldFailure>>,
}

impl ImmediateFold {
    /// The table that is folded into.
    #[must_use]
    pub fn table(&self) -> &Arc<ViewTable> {
        &self.table
    }

    /// Passes over what stands at these positions: the skips of the table ([`ViewStore::skips`](super::ViewStore::skips)), which stand in the
    /// gap that is folded next.
    pub fn pass_over(&mut self, skips: impl IntoIterator<Item = Position>) {
        self.skips = skips.into_iter().collect();
    }

    /// Takes one event.
    ///
    /// # Errors
    ///
    /// [`AppendError::Fold`] when it cannot be read or folded, or when it is not declared.
    pub fn read(&mut self, event: &Recorded<'_>) -> Result<(), AppendError> {
        self.take(event).map_err(|failure| self.failed(failure))
    }

    fn take(&mut self, event: &Recorded<'_>) -> Result<(), Box<FoldFailure>> {
        if self.skips.contains(&event.position) {
            return Ok(());
        }
        if self.batch.read(event)? {
            let last = self.last.get_or_insert_default();
            last.position = event.position;
            last.stream.clear();
            last.stream.push_str(event.stream);
            last.stream_version = event.version;
            last.name.clear();
            last.name.push_str(event.name);
            last.schema_version = event.schema_version;
        } else if let Some(declarations) = &self.declarations
            && !declarations.allows(event.name, event.schema_version)
        {
            return Err(FoldFailure::new(event, FoldCause::Undeclared));
        }
        Ok(())
    }

    /// Whether all events that it was shown as a visitor could be read and folded.
    ///
    /// # Errors
    ///
    /// [`AppendError::Fold`] where one could not; nothing behind it was taken.
    pub fn check(&mut self) -> Result<(), AppendError> {
        match self.failure.take() {
            None => Ok(()),
            Some(failure) => Err(self.failed(failure)),
        }
    }

    /// The keys of the rows that events wait for.
    pub fn missing(&mut self) -> Vec<Value> {
        self.batch.missing()
    }

    /// Takes the rows of these keys, and folds the events that waited for them.
    ///
    /// # Errors
    ///
    /// [`AppendError::Fold`] when a stored row cannot be read, or an event cannot be folded.
    pub fn supply(&mut self, keys: Vec<Value>, rows: Vec<Option<Row>>) -> Result<(), AppendError> {
        let supplied = self.batch.supply(keys, rows);
        supplied.map_err(|failure| self.failed(failure))
    }

    /// The rows that have changed since the last time, as a write that takes the checkpoint from the one to the other position.
    ///
    /// # Errors
    ///
    /// [`AppendError::Fold`] when a row cannot be written.
    pub fn write(&mut self, from: Position, to: Position) -> Result<ViewWrite, AppendError> {
        let mut write = ViewWrite::new(from, to);
        match self.batch.changes() {
            Ok(changes) => {
                write.upserts = changes.upserts;
                write.deletes = changes.deletes;
                Ok(write)
            }
            Err(cause) => Err(self.at_last(cause)),
        }
    }

    /// The answer to a commit whose write the store has refused for what is in it.
    #[must_use]
    pub fn refused(&self, error: ViewStoreError) -> AppendError {
        match error {
            ViewStoreError::Constraint { projection, column } => {
                AppendError::Constraint { projection, column }
            }
            error => self.at_last(FoldCause::Refused(error)),
        }
    }

    /// Lets go of all rows and events.
    pub fn forget(&mut self) {
        self.batch.forget();
        self.last = None;
        self.failure = None;
    }

    /// How many rows are in memory.
    #[must_use]
    pub fn rows_in_memory(&self) -> usize {
        self.batch.rows_in_memory()
    }

    /// Of several events that led to a row, the last one stands for all.
    fn at_last(&self, cause: FoldCause) -> AppendError {
        let unknown = Last::default();
        let last = self.last.as_ref().unwrap_or(&unknown);
        self.failed(Box::new(FoldFailure {
            position: last.position,
            stream: last.stream.clone(),
            stream_version: last.stream_version,
            name: last.name.clone(),
            schema_version: last.schema_version,
            cause,
        }))
    }

    fn failed(&self, source: Box<FoldFailure>) -> AppendError {
        AppendError::Fold {
            projection: self.table.name.clone(),
            source,
        }
    }
}

impl Visitor for ImmediateFold {
    fn event(&mut self, event: &Recorded<'_>) -> ControlFlow<()> {
        match self.take(event) {
            Ok(()) => ControlFlow::Continue(()),
            Err(failure) => {
                self.failure = Some(failure);
                ControlFlow::Break(())
            }
        }
    }
}

impl fmt::Debug for ImmediateFold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImmediateFold")
            .field("table", &self.table.name)
            .field("version", &self.table.version)
            .field("rows_in_memory", &self.rows_in_memory())
            .finish_non_exhaustive()
    }
}
