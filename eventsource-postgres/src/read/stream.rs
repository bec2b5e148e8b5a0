//! Reading one stream, with the snapshot to begin from: one statement, so that both are of one moment, and one round trip.

use std::ops::ControlFlow;

use eventsource_core::Position;
use eventsource_core::store::{Detail, Direction, ReadStream, SnapshotRef, StoreError, Visitor};
use uuid::Uuid;

use super::{ROWS_AT_A_TIME, Scan, Stop, row};
use crate::error::Place;
use crate::session::{Row, Session};
use crate::sql::{quoted, signed};

/// Payloads that are read by one statement: whoever folds a state wants all of them.
const PAYLOADS_AT_A_TIME: usize = 65_536;

/// What is selected of a row.
#[derive(Clone, Copy)]
enum Columns {
    /// [`row::PAYLOAD`]
    Payload,
    /// [`row::COLUMNS`]
    All,
}

/// The statements, made once.
#[derive(Debug)]
pub(crate) struct Statements {
    forward: String,
    backward: String,
    payloads: String,
    from_snapshot: String,
}

impl Statements {
    pub(crate) fn new(schema: &str) -> Self {
        let schema = quoted(schema);
        let read = |columns: &str, order: &str| {
            format!(
                "SELECT {columns} FROM {schema}.events
                 WHERE stream = $1 AND version >= $2 AND version <= $3 ORDER BY version{order} LIMIT $4"
            )
        };
        Self {
            forward: read(row::COLUMNS, ""),
            backward: read(row::COLUMNS, " DESC"),
            payloads: read(row::PAYLOAD, ""),
            // The snapshot is the row without a name: its version is below those of the events.
            from_snapshot: format!(
                "WITH snapshot AS MATERIALIZED (
                     SELECT version, position, state FROM {schema}.snapshots
                     WHERE stream = $1 AND fingerprint = $5 AND version <= $3
                 )
                 (SELECT version, NULL::text AS name, 0 AS schema_version, state AS payload, position,
                      NULL::uuid AS event_id, 0::bigint AS recorded_at, ''::bytea AS metadata FROM snapshot)
                 UNION ALL
                 (SELECT {columns} FROM {schema}.events
                  WHERE stream = $1 AND version >= greatest($2, (SELECT version + 1 FROM snapshot)) AND version <= $3
                  ORDER BY version LIMIT $4)
                 ORDER BY version",
                columns = row::COLUMNS,
            ),
        }
    }
}

/// One read of a stream, as far as it is.
pub(crate) struct StreamScan<'s, V> {
    statements: &'s Statements,
    read: ReadStream,
    pub(crate) visitor: V,
}

impl<'s, V: Visitor> StreamScan<'s, V> {
    pub(crate) fn new(statements: &'s Statements, mut read: ReadStream, visitor: V) -> Self {
        read.from = read.from.max(1);
        if read.from > 1 || read.direction == Direction::Backward {
            read.snapshot = None;
        }
        Self {
            statements,
            read,
            visitor,
        }
    }

    /// Shows a snapshot; `false` when the visitor does not take it, so that the events before it have to be read after all.
    fn show_snapshot(&mut self, place: &Place, row: &Row) -> Result<bool, StoreError> {
        let unreadable = || {
            place.corrupt(&format!(
                "the snapshot of stream {} cannot be read",
                self.read.stream
            ))
        };
        let version = row::unsigned(row, 0).ok_or_else(unreadable)?;
        let state = row.try_get(3).map_err(|_| unreadable())?;
        let position = row::unsigned(row, 4).ok_or_else(unreadable)?;
        let taken = self.visitor.snapshot(SnapshotRef {
            version,
            position: Position::from_raw(position),
            state,
        });
        self.read.snapshot = None;
        if taken {
            self.read.from = version.saturating_add(1);
        }
        Ok(taken)
    }

    /// Shows an event; `Break` when the visitor has seen enough.
    fn show(
        &mut self,
        place: &Place,
        row: &Row,
        columns: Columns,
    ) -> Result<ControlFlow<()>, StoreError> {
        let stream = self.read.stream.as_str();
        let event = match columns {
            Columns::Payload => row::payload(place, row, stream, self.read.from)?,
            Columns::All => row::recorded(place, row, stream)?,
        };
        let seen = self.visitor.event(&event);
        match self.read.direction {
            Direction::Forward => self.read.from = event.version.saturating_add(1),
            Direction::Backward => self.read.to = event.version.saturating_sub(1),
        }
        self.read.limit = self.read.limit.saturating_sub(1);
        Ok(seen)
    }

    /// One statement; `false` when there may be more to read with another one.
    async fn read(&mut self, place: &Place, session: Session<'_>) -> Result<bool, Stop> {
        let read = &self.read;
        let (from, to) = (signed(read.from), signed(read.to));
        let (columns, at_a_time) = match (read.direction, read.detail, read.snapshot) {
            (Direction::Forward, Detail::Payload, None) => (Columns::Payload, PAYLOADS_AT_A_TIME),
            _ => (Columns::All, ROWS_AT_A_TIME),
        };
        let wanted = read.limit.min(at_a_time);
        let limit = i64::try_from(wanted).unwrap_or(i64::MAX);
        let stream = read.stream.clone();
        let name = stream.as_str();
        let mut found = if let Some(fingerprint) = read.snapshot {
            let statement = &self.statements.from_snapshot;
            let fingerprint = Uuid::from_bytes(fingerprint.to_bytes());
            session
                .rows(statement, &[&name, &from, &to, &limit, &fingerprint])
                .await?
        } else {
            let statement = match (columns, read.direction) {
                (Columns::Payload, _) => &self.statements.payloads,
                (Columns::All, Direction::Backward) => &self.statements.backward,
                (Columns::All, Direction::Forward) => &self.statements.forward,
            };
            session
                .rows(statement, &[&name, &from, &to, &limit])
                .await?
        };
        let mut seen = 0;
        let mut may_be_snapshot = read.snapshot.is_some();
        while let Some(row) = found.next().await? {
            let is_snapshot = may_be_snapshot && matches!(row.try_get::<Option<&str>>(1), Ok(None));
            may_be_snapshot = false;
            if is_snapshot {
                if !self.show_snapshot(place, &row)? {
                    return Ok(false);
                }
            } else {
                seen += 1;
                self.read.snapshot = None;
                if self.show(place, &row, columns)?.is_break() {
                    return Ok(true);
                }
            }
        }
        Ok(seen < wanted || self.read.limit == 0)
    }
}

impl<V: Visitor> Scan for StreamScan<'_, V> {
    const DOING: &'static str = "reading a stream";

    async fn go(&mut self, place: &Place, session: Session<'_>) -> Result<(), Stop> {
        while !self.read(place, session).await? {}
        Ok(())
    }
}
