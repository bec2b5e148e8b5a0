//! Reading the whole log.

use std::ops::ControlFlow;

use eventsource_core::Position;
use eventsource_core::store::{Direction, ReadLog, StoreError, Visitor};
use rusqlite::Connection;

use super::row;
use super::{Progress, Scan};
use crate::error::Place;

const DOING: &str = "reading the log";

// The columns are those of `row::recorded`, and the stream's name behind them.
const FORWARD: &str = "SELECT position, version, event_id, name, schema_version, recorded_at, payload, metadata, stream
     FROM eventsource_events WHERE position > ?1 ORDER BY position";
const BACKWARD: &str = "SELECT position, version, event_id, name, schema_version, recorded_at, payload, metadata, stream
     FROM eventsource_events WHERE position < ?1 ORDER BY position DESC";

/// One read of the log, as far as it is.
pub(crate) struct LogScan<V> {
    read: ReadLog,
    pub(crate) visitor: V,
}

impl<V: Visitor> LogScan<V> {
    pub(crate) fn new(read: ReadLog, visitor: V) -> Self {
        Self { read, visitor }
    }

    /// The position of the last event that was shown.
    pub(crate) fn cursor(&self) -> Position {
        self.read.cursor
    }
}

impl<V: Visitor> Scan for LogScan<V> {
    fn go(
        &mut self,
        place: &Place,
        connection: &Connection,
        rows: usize,
    ) -> Result<Progress, StoreError> {
        let failed = |error| place.sqlite(DOING, error);
        let sql = match self.read.direction {
            Direction::Forward => FORWARD,
            Direction::Backward => BACKWARD,
        };
        let mut statement = connection.prepare_cached(sql).map_err(failed)?;
        let mut found = statement
            .query([signed(self.read.cursor)])
            .map_err(failed)?;
        for _ in 0..rows {
            if self.read.limit == 0 {
                return Ok(Progress::Done);
            }
            let Some(row) = found.next().map_err(failed)? else {
                return Ok(Progress::Done);
            };
            let event = row::recorded(place, row, row::stream(place, row)?)?;
            self.read.limit -= 1;
            self.read.cursor = event.position;
            if let ControlFlow::Break(()) = self.visitor.event(&event) {
                return Ok(Progress::Done);
            }
        }
        Ok(Progress::More)
    }
}

/// As SQLite counts; nothing is beyond its largest number.
fn signed(position: Position) -> i64 {
    position.as_raw().try_into().unwrap_or(i64::MAX)
}

/// The position of the last event.
pub(crate) fn head(place: &Place, connection: &Connection) -> Result<Position, StoreError> {
    connection
        .prepare_cached("SELECT coalesce(max(position), 0) FROM eventsource_events")
        .and_then(|mut statement| statement.query_row([], |row| row.get::<_, i64>(0)))
        .map_err(|error| place.sqlite(DOING, error))
        .map(|position| Position::from_raw(position.unsigned_abs()))
}

/// Every pair of event name and schema version, in order.
pub(crate) fn types(
    place: &Place,
    connection: &Connection,
) -> Result<Vec<(String, u16)>, StoreError> {
    connection
        .prepare_cached(
            "SELECT name, schema_version FROM eventsource_types ORDER BY name, schema_version",
        )
        .and_then(|mut statement| {
            statement
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
        .map_err(|error| place.sqlite("reading the types in the log", error))
}
