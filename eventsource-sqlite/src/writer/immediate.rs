//! The read models that appends fold, within the transaction of their group.
//!
//! Which ones these are is read once in each transaction that appends, some 3 µs, so that what another process decides is noticed by the next
//! append. Rows stay in memory from commit to commit of a group; each commit's own are written under its savepoint, and the checkpoints once,
//! at the group's end.

use std::sync::Arc;

use eventsource_core::Position;
use eventsource_core::store::{AppendError, Commit, Immediate, ImmediateFold, ReadLog};
use rusqlite::{Connection, params};

use super::append::Written;
use crate::error::Place;
use crate::read::Scan as _;
use crate::read::log::LogScan;
use crate::views::change::Stop;
use crate::views::plan::Plan;
use crate::views::{query, skip, write};

/// So many events of a gap are folded before their rows are fetched.
const STRETCH: usize = 1_000;

/// At most about so many rows of a gap are kept in memory.
const ROWS_IN_MEMORY: usize = 50_000;

/// What is known of them, from transaction to transaction.
#[derive(Debug, Default)]
pub(super) struct Folding {
    tables: Vec<Table>,
    /// Whether `tables` is what the open transaction sees.
    loaded: bool,
}

/// A read model that appends fold.
#[derive(Debug)]
struct Table {
    name: String,
    version: u32,
    shadow: bool,
    /// The checkpoint, as it will be at the group's end.
    checkpoint: Position,
    /// The checkpoint after the commit in hand.
    next: Position,
    /// The stored checkpoint is another.
    moved: bool,
    fold: Option<Fold>,
}

/// What folds it, made once for each program's own [`Immediate`].
#[derive(Debug)]
struct Fold {
    fold: ImmediateFold,
    plan: Plan,
}

/// Why a commit is not folded.
pub(super) enum Halt {
    /// The commit alone is refused.
    Refused(AppendError),
    /// The transaction is spoilt.
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for Halt {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<AppendError> for Halt {
    fn from(error: AppendError) -> Self {
        Self::Refused(error)
    }
}

impl Folding {
    /// Forgets what it knows of the last transaction, which may have been rolled back, or of before a change to read models.
    pub(super) fn begin(&mut self) {
        self.loaded = false;
        for table in &mut self.tables {
            // A checkpoint that was not written then is not there to be written now.
            table.moved = false;
        }
        self.undo();
    }

    /// Whether the commits of this transaction have something to fold.
    pub(super) fn is_due(&mut self, connection: &Connection) -> Result<bool, rusqlite::Error> {
        if !self.loaded {
            self.load(connection)?;
            self.loaded = true;
        }
        Ok(!self.tables.is_empty())
    }

    fn load(&mut self, connection: &Connection) -> Result<(), rusqlite::Error> {
        let mut statement = connection.prepare_cached(
            "SELECT name, version, shadow, checkpoint FROM eventsource_views WHERE immediate = 1",
        )?;
        let mut rows = statement.query([])?;
        let mut found = 0;
        while let Some(row) = rows.next()? {
            let name = row.get_ref(0)?.as_str()?;
            let (version, shadow) = (row.get(1)?, row.get(2)?);
            let checkpoint = Position::from_raw(row.get::<_, i64>(3)?.unsigned_abs());
            // They are nearly always those of the last transaction, in the same order.
            match self.tables.get_mut(found) {
                Some(table)
                    if (&*table.name, table.version, table.shadow) == (name, version, shadow) =>
                {
                    table.checkpoint = checkpoint;
                    table.moved = false;
                }
                _ => {
                    self.tables.truncate(found);
                    self.tables.push(Table {
                        name: name.to_owned(),
                        version,
                        shadow,
                        checkpoint,
                        next: checkpoint,
                        moved: false,
                        fold: None,
                    });
                }
            }
            found += 1;
        }
        self.tables.truncate(found);
        Ok(())
    }

    /// Folds a commit that was just written.
    pub(super) fn fold(
        &mut self,
        place: &Place,
        connection: &Connection,
        commit: &Commit,
        written: &Written,
    ) -> Result<(), Halt> {
        for table in &mut self.tables {
            table.next = table.checkpoint;
            let brought = commit.immediate.iter();
            let mut named = brought
                .filter(|it| it.table().name == table.name)
                .peekable();
            if named.peek().is_none() {
                return Err(Halt::Refused(AppendError::NotFolded {
                    projection: table.name.clone(),
                }));
            }
            if let Some(immediate) = named.find(|it| it.table().version == table.version) {
                table.fold(place, connection, immediate, commit, written)?;
            }
        }
        for table in &mut self.tables {
            table.moved |= table.next != table.checkpoint;
            table.checkpoint = table.next;
        }
        Ok(())
    }

    /// Forgets rows of which the database knows nothing any more.
    pub(super) fn undo(&mut self) {
        for fold in self.tables.iter_mut().filter_map(|it| it.fold.as_mut()) {
            fold.fold.forget();
        }
    }

    /// Writes the checkpoints.
    pub(super) fn flush(&mut self, connection: &Connection) -> Result<(), rusqlite::Error> {
        for table in self.tables.iter_mut().filter(|table| table.moved) {
            connection
                .prepare_cached(
                    "UPDATE eventsource_views SET checkpoint = ?4, stop = NULL WHERE name = ?1 AND version = ?2 AND shadow = ?3",
                )?
                .execute(params![
                    table.name,
                    table.version,
                    table.shadow,
                    i64::try_from(table.checkpoint.as_raw()).unwrap_or(i64::MAX)
                ])?;
            table.moved = false;
        }
        Ok(())
    }
}

impl Table {
    fn fold(
        &mut self,
        place: &Place,
        connection: &Connection,
        immediate: &Immediate,
        commit: &Commit,
        written: &Written,
    ) -> Result<(), Halt> {
        let Fold { fold, plan } = fold_of(&mut self.fold, place, immediate, self.shadow)?;
        let (first, last) = written.positions();
        if self.checkpoint.as_raw().saturating_add(1) < first.as_raw() {
            // Only here may an operator's skip stand: what is just written is refused where it cannot be folded.
            fold.pass_over(skip::behind(
                connection,
                &self.name,
                self.version,
                self.checkpoint,
            )?);
            // What was just written stands at the gap's end.
            let mut cursor = self.checkpoint;
            while cursor < last {
                let read = ReadLog::after(cursor).limit(STRETCH);
                // The fold travels with the scan.
                let travelling = std::mem::replace(fold, immediate.fold());
                let mut scan = LogScan::new(read, travelling);
                let shown = scan.go(place, connection, STRETCH);
                cursor = scan.cursor();
                *fold = scan.visitor;
                shown.map_err(AppendError::from)?;
                fold.check()?;
                supply(place, connection, plan, fold)?;
                if fold.rows_in_memory() > ROWS_IN_MEMORY {
                    keep(place, connection, plan, fold, self.checkpoint, cursor)?;
                    fold.forget();
                }
            }
        } else {
            written.show(commit, |event| fold.read(event))?;
            supply(place, connection, plan, fold)?;
        }
        keep(place, connection, plan, fold, self.checkpoint, last)?;
        self.next = last;
        Ok(())
    }
}

/// The fold of this program's projection, begun anew where the last one was another program's.
fn fold_of<'a>(
    known: &'a mut Option<Fold>,
    place: &Place,
    immediate: &Immediate,
    shadow: bool,
) -> Result<&'a mut Fold, AppendError> {
    let same = known
        .as_ref()
        .is_some_and(|it| Arc::ptr_eq(it.fold.table(), immediate.table()));
    if !same {
        *known = None;
    }
    if let Some(fold) = known {
        Ok(fold)
    } else {
        let served = immediate.table();
        let plan = if shadow {
            Plan::new(place, &served.shadow())
        } else {
            Plan::new(place, served)
        };
        let fold = immediate.fold();
        let plan = plan.map_err(|error| fold.refused(error))?;
        Ok(known.insert(Fold { fold, plan }))
    }
}

/// Fetches the rows that events wait for.
fn supply(
    place: &Place,
    connection: &Connection,
    plan: &Plan,
    fold: &mut ImmediateFold,
) -> Result<(), AppendError> {
    let missing = fold.missing();
    if missing.is_empty() {
        return Ok(());
    }
    let rows = query::rows(place, connection, plan, &missing)?;
    fold.supply(missing, rows)
}

/// Writes the changed rows.
fn keep(
    place: &Place,
    connection: &Connection,
    plan: &Plan,
    fold: &mut ImmediateFold,
    from: Position,
    to: Position,
) -> Result<(), Halt> {
    let changes = fold.write(from, to)?;
    plan.check(place, &changes)
        .map_err(|error| fold.refused(error))?;
    write::rows(place, connection, plan, &changes).map_err(|stop| match stop {
        Stop::Refused(error) => Halt::Refused(fold.refused(error)),
        Stop::Failed(error) => Halt::Failed(error),
    })
}
