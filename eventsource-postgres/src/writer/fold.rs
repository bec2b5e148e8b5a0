//! The read models that appends fold, within the transaction of their group.
//!
//! What the group has appended is read back from the log, behind whatever a program of another version has left unfolded, so that both go one
//! way. A group is folded at once, and its rows are written at once; only a read model with a unique column is written commit by commit, so that
//! each is held to it by itself. What fails undoes the group, and each of its commits is then appended in a transaction of its own.

use std::sync::Arc;

use eventsource_core::Position;
use eventsource_core::store::{
    AppendError, Commit, Committed, Immediate, ImmediateFold, ReadLog, StoreError, ViewStoreError,
};
use futures_util::future::try_join;

use crate::error::Place;
use crate::read::log::{LogScan, Statements};
use crate::read::{Scan as _, Stop};
use crate::session::{self, Row, Session};
use crate::sql::{quoted, signed};
use crate::views::Views;
use crate::views::plan::Plan;
use crate::views::{query, write};

const DOING: &str = "folding read models with an append";

/// So many events are folded before their rows are fetched.
const STRETCH: usize = 1_000;

/// At most about so many rows are kept in memory.
const ROWS_IN_MEMORY: usize = 50_000;

/// The statements, made once.
pub(super) struct Folds {
    views: Arc<Views>,
    log: Statements,
    ours: String,
    of_others: String,
    skips: String,
}

/// A commit that was written, and what it did.
pub(super) type Written<'a> = (&'a Commit, &'a Committed);

/// Why a group is not folded. All of it has to be undone.
pub(super) enum Halt {
    /// One of its commits is refused.
    Refused(AppendError),
    /// A unique column refuses a row.
    Clash(Arc<Plan>, Box<ImmediateFold>, session::Error),
    /// Its commits bring folds of several programs.
    Mixed,
    /// The server, or the connection to it.
    Server(session::Error),
}

impl From<session::Error> for Halt {
    fn from(error: session::Error) -> Self {
        Self::Server(error)
    }
}

impl From<AppendError> for Halt {
    fn from(error: AppendError) -> Self {
        Self::Refused(error)
    }
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Server(error) => Self::Server(error),
            Stop::Stored(error) => error.into(),
        }
    }
}

impl Halt {
    /// The answer to the one commit that was refused, once it is undone.
    pub(super) async fn refusal(
        self,
        place: &Place,
        session: Session<'_>,
    ) -> Result<AppendError, session::Error> {
        match self {
            Self::Refused(error) => Ok(error),
            Self::Clash(plan, fold, error) => {
                let error = write::clash(place, session, &plan, &error).await;
                Ok(fold.refused(error))
            }
            Self::Mixed => Ok(place.corrupt("one commit is several").into()),
            Self::Server(error) => Err(error),
        }
    }
}

/// A table that appends fold.
struct Due {
    name: String,
    version: u32,
    shadow: bool,
    checkpoint: Position,
}

impl Due {
    fn of(row: &Row) -> Result<Self, session::Error> {
        let version: i64 = row.try_get(1)?;
        let checkpoint: i64 = row.try_get(3)?;
        Ok(Self {
            name: row.try_get(0)?,
            version: u32::try_from(version).unwrap_or(u32::MAX),
            shadow: row.try_get(2)?,
            checkpoint: Position::from_raw(checkpoint.unsigned_abs()),
        })
    }
}

impl Folds {
    pub(super) fn new(schema: &str, views: Arc<Views>) -> Self {
        // Runners wait with their checkpoints until the append is done.
        let ours = views.own(
            "SELECT p.name, p.version, p.shadow, p.checkpoint FROM &.immediate i
             JOIN @.\"@projections\" p ON p.name = i.name AND p.version = i.version AND p.shadow = i.shadow
             WHERE i.schema = $1 ORDER BY p.name, p.version, p.shadow FOR UPDATE OF p",
        );
        Self {
            log: Statements::new(schema),
            of_others: format!(
                "SELECT name FROM {}.immediate WHERE schema <> $1 LIMIT 1",
                quoted(schema)
            ),
            skips: views.own(
                "SELECT position FROM @.\"@skips\" WHERE name = $1 AND version = $2 AND position > $3",
            ),
            ours,
            views,
        }
    }

    /// Folds what was written in the open transaction. `false`: there is nothing that has to be folded any more.
    pub(super) async fn fold(
        &self,
        place: &Place,
        session: Session<'_>,
        written: &[Written<'_>],
    ) -> Result<bool, Halt> {
        let Some((first, _)) = written.first() else {
            return Ok(true);
        };
        let schema = self.views.name();
        let (ours, of_others) = try_join(
            session.query(&self.ours, &[&schema]),
            session.query(&self.of_others, &[&schema]),
        )
        .await?;
        if let Some(row) = of_others.first() {
            return Err(not_folded(row.try_get(0)?));
        }
        let alike = |(commit, _): &Written<'_>| Arc::ptr_eq(&commit.immediate, &first.immediate);
        if !ours.is_empty() && !written.iter().all(alike) {
            return Err(Halt::Mixed);
        }
        for row in &ours {
            let due = Due::of(row)?;
            let mut named = first
                .immediate
                .iter()
                .filter(|it| it.table().name == due.name);
            let brought = named.clone().next().is_some();
            if !brought {
                return Err(not_folded(due.name));
            }
            if let Some(immediate) = named.find(|it| it.table().version == due.version) {
                let mut table = self.table(place, session, &due, immediate)?;
                if is_gap(due.checkpoint, written) {
                    let skips = self.skips_of(session, &due).await?;
                    table.fold.pass_over(skips);
                }
                table.fold(written).await?;
            }
        }
        Ok(!ours.is_empty())
    }

    /// Which positions behind its checkpoint a table passes over.
    async fn skips_of(
        &self,
        session: Session<'_>,
        due: &Due,
    ) -> Result<Vec<Position>, session::Error> {
        let (version, behind) = (i64::from(due.version), signed(due.checkpoint.as_raw()));
        let rows = session
            .query(&self.skips, &[&due.name, &version, &behind])
            .await?;
        let positions = rows.into_iter().map(|row| {
            let position: i64 = row.try_get(0)?;
            Ok(Position::from_raw(position.unsigned_abs()))
        });
        positions.collect()
    }

    fn table<'a>(
        &'a self,
        place: &'a Place,
        session: Session<'a>,
        due: &Due,
        immediate: &'a Immediate,
    ) -> Result<Table<'a>, Halt> {
        let served = immediate.table();
        let plan = if due.shadow {
            self.views.of(place, &served.shadow())
        } else {
            self.views.of(place, served)
        };
        let fold = immediate.fold();
        let plan = plan.map_err(|error| fold.refused(error))?;
        Ok(Table {
            folds: self,
            place,
            session,
            immediate,
            plan,
            fold,
            kept: due.checkpoint,
            cursor: due.checkpoint,
        })
    }
}

fn not_folded(projection: String) -> Halt {
    Halt::Refused(AppendError::NotFolded { projection })
}

/// Whether something may stand between a checkpoint and what was written.
fn is_gap(checkpoint: Position, written: &[Written<'_>]) -> bool {
    let (mut end, mut events) = (Position::START, 0_u64);
    for (_, committed) in written {
        end = end.max(last(committed));
        for part in &committed.streams {
            events = events.saturating_add(part.events);
        }
    }
    checkpoint.as_raw().saturating_add(events) < end.as_raw()
}

/// The position of the last event of a commit.
fn last(committed: &Committed) -> Position {
    let positions = committed.streams.iter().map(|part| part.position);
    positions.max().unwrap_or_default()
}

/// One table, while it is folded.
struct Table<'a> {
    folds: &'a Folds,
    place: &'a Place,
    session: Session<'a>,
    immediate: &'a Immediate,
    plan: Arc<Plan>,
    fold: ImmediateFold,
    /// The checkpoint that is written.
    kept: Position,
    /// Behind what is folded.
    cursor: Position,
}

impl Table<'_> {
    async fn fold(mut self, written: &[Written<'_>]) -> Result<(), Halt> {
        let one_by_one = self.plan.table.columns.iter().any(|column| column.unique);
        let of_group = written.len().saturating_sub(1);
        for (at, (_, committed)) in written.iter().enumerate() {
            if one_by_one || at == of_group {
                self.fold_to(last(committed)).await?;
                self.keep().await?;
                if self.fold.rows_in_memory() > ROWS_IN_MEMORY {
                    self.fold.forget();
                }
            }
        }
        Ok(())
    }

    /// Folds the log up to this position.
    async fn fold_to(&mut self, end: Position) -> Result<(), Halt> {
        while self.cursor < end {
            let missing = end.as_raw().saturating_sub(self.cursor.as_raw());
            let stretch = usize::try_from(missing).map_or(STRETCH, |events| events.min(STRETCH));
            let read = ReadLog::after(self.cursor).limit(stretch);
            // The fold travels with the scan.
            let travelling = std::mem::replace(&mut self.fold, self.immediate.fold());
            let mut scan = LogScan::new(&self.folds.log, read, travelling);
            let shown = scan.go(self.place, self.session).await;
            let reached = scan.cursor();
            self.fold = scan.visitor;
            shown?;
            self.fold.check()?;
            if reached == self.cursor {
                let what = "the log ends before the events that were just appended";
                return Err(self.place.corrupt(what).into());
            }
            self.cursor = reached;
            let missing = self.fold.missing();
            if !missing.is_empty() {
                let rows = query::rows_in(self.session, self.place, &self.plan, missing.clone());
                self.fold.supply(missing, rows.await?)?;
            }
            if self.fold.rows_in_memory() > ROWS_IN_MEMORY {
                self.keep().await?;
                self.fold.forget();
            }
        }
        Ok(())
    }

    /// Writes the changed rows and the checkpoint.
    async fn keep(&mut self) -> Result<(), Halt> {
        if self.kept == self.cursor {
            return Ok(());
        }
        let mut changes = self.fold.write(self.kept, self.cursor)?;
        self.plan
            .check(self.place, &changes)
            .map_err(|error: ViewStoreError| self.fold.refused(error))?;
        match write::on(self.session, &self.plan, &mut changes).await {
            Ok(write::Outcome::Written) => {
                self.kept = self.cursor;
                Ok(())
            }
            Ok(write::Outcome::Refused) => {
                let what = format!("{DOING}: a checkpoint was moved under its lock");
                Err(self.place.corrupt(&what).into())
            }
            Err(error) if write::is_clash(&error) => {
                let fold = std::mem::replace(&mut self.fold, self.immediate.fold());
                Err(Halt::Clash(Arc::clone(&self.plan), Box::new(fold), error))
            }
            Err(error) => Err(error.into()),
        }
    }
}
