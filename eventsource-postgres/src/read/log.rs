//! Reading the whole log.

use std::ops::ControlFlow;

use eventsource_core::Position;
use eventsource_core::store::{Direction, ReadLog, StoreError, Visitor};

use super::{ROWS_AT_A_TIME, Scan, Stop, row};
use crate::connect::Database;
use crate::error::Place;
use crate::session::{Row, Session};
use crate::sql::{quoted, signed};

const DOING: &str = "reading the log";

/// The place of the stream's name, behind the event's columns.
const STREAM: usize = 8;

/// The statements, made once.
#[derive(Debug)]
pub(crate) struct Statements {
    forward: String,
    backward: String,
    head: String,
    types: String,
}

impl Statements {
    pub(crate) fn new(schema: &str) -> Self {
        let schema = quoted(schema);
        let columns = row::COLUMNS;
        let read = |condition: &str, order: &str| {
            format!(
                "SELECT {columns}, stream FROM {schema}.events
                 WHERE position {condition} $1 ORDER BY position{order} LIMIT $2"
            )
        };
        Self {
            forward: read(">", ""),
            backward: read("<", " DESC"),
            head: format!("SELECT coalesce(max(position), 0) FROM {schema}.events"),
            types: format!(
                "SELECT name, schema_version FROM {schema}.types ORDER BY name, schema_version"
            ),
        }
    }
}

/// One read of the log, as far as it is.
pub(crate) struct LogScan<'s, V> {
    statements: &'s Statements,
    read: ReadLog,
    pub(crate) visitor: V,
}

impl<'s, V: Visitor> LogScan<'s, V> {
    pub(crate) fn new(statements: &'s Statements, read: ReadLog, visitor: V) -> Self {
        Self {
            statements,
            read,
            visitor,
        }
    }

    /// Behind what was shown.
    pub(crate) fn cursor(&self) -> Position {
        self.read.cursor
    }

    fn show(&mut self, place: &Place, row: &Row) -> Result<ControlFlow<()>, StoreError> {
        let stream = row::stream(place, row, STREAM)?;
        let event = row::recorded(place, row, stream)?;
        self.read.limit = self.read.limit.saturating_sub(1);
        self.read.cursor = event.position;
        Ok(self.visitor.event(&event))
    }
}

impl<V: Visitor> Scan for LogScan<'_, V> {
    const DOING: &'static str = DOING;

    async fn go(&mut self, place: &Place, session: Session<'_>) -> Result<(), Stop> {
        let statement = match self.read.direction {
            Direction::Forward => &self.statements.forward,
            Direction::Backward => &self.statements.backward,
        };
        while self.read.limit > 0 {
            let wanted = self.read.limit.min(ROWS_AT_A_TIME);
            let cursor = signed(self.read.cursor.as_raw());
            let limit = i64::try_from(wanted).unwrap_or(i64::MAX);
            let mut found = session.rows(statement, &[&cursor, &limit]).await?;
            let mut seen = 0;
            while let Some(row) = found.next().await? {
                seen += 1;
                if self.show(place, &row)?.is_break() {
                    return Ok(());
                }
            }
            if seen < wanted {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// The position of the last event.
pub(crate) async fn head(
    database: &Database,
    statements: &Statements,
) -> Result<Position, StoreError> {
    let rows = super::query(database, DOING, &statements.head, &[]).await?;
    let head = rows.first().and_then(|row| row::unsigned(row, 0));
    head.map(Position::from_raw)
        .ok_or_else(|| database.place().corrupt("the log's end cannot be read"))
}

/// Every pair of event name and schema version, in order.
pub(crate) async fn types(
    database: &Database,
    statements: &Statements,
) -> Result<Vec<(String, u16)>, StoreError> {
    let doing = "reading the types in the log";
    let rows = super::query(database, doing, &statements.types, &[]).await?;
    rows.iter()
        .map(|row| {
            let name = row.try_get(0).ok();
            let version = row.try_get::<i32>(1).ok();
            name.zip(version.and_then(|version| version.try_into().ok()))
                .ok_or_else(|| {
                    database
                        .place()
                        .corrupt("the types in the log cannot be read")
                })
        })
        .collect()
}
