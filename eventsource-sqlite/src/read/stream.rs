//! Reading one stream.

use std::ops::ControlFlow;

use eventsource_core::store::{
    Detail, Direction, ReadStream, Recorded, SnapshotRef, StoreError, Visitor,
};
use eventsource_core::{Position, Timestamp};
use rusqlite::{Connection, OptionalExtension, Rows, params};
use uuid::Uuid;

use super::row;
use super::{Progress, Scan};
use crate::error::Place;

const DOING: &str = "reading a stream";

// The columns are those of `row::recorded`. Most reads go on to a stream's end: a bound that is not there is not compared with either.
const FORWARD: &str =
    "SELECT position, version, event_id, name, schema_version, recorded_at, payload, metadata
     FROM eventsource_events WHERE stream = ?1 AND version >= ?2 ORDER BY version";
const FORWARD_TO: &str =
    "SELECT position, version, event_id, name, schema_version, recorded_at, payload, metadata
     FROM eventsource_events WHERE stream = ?1 AND version BETWEEN ?2 AND ?3 ORDER BY version";
// Half of the time that a row takes goes into its columns, so a fold reads three. A stream has no gaps: the versions are counted.
const PAYLOADS: &str = "SELECT name, schema_version, payload
     FROM eventsource_events WHERE stream = ?1 AND version >= ?2 ORDER BY version";
const PAYLOADS_TO: &str = "SELECT name, schema_version, payload
     FROM eventsource_events WHERE stream = ?1 AND version BETWEEN ?2 AND ?3 ORDER BY version";
const BACKWARD: &str =
    "SELECT position, version, event_id, name, schema_version, recorded_at, payload, metadata
     FROM eventsource_events WHERE stream = ?1 AND version BETWEEN ?2 AND ?3 ORDER BY version DESC";

/// One read of a stream, as far as it is.
pub(crate) struct StreamScan<V> {
    read: ReadStream,
    pub(crate) visitor: V,
    snapshot_shown: bool,
}

impl<V: Visitor> StreamScan<V> {
    pub(crate) fn new(read: ReadStream, visitor: V) -> Self {
        let wants_snapshot =
            read.snapshot.is_some() && read.from <= 1 && read.direction == Direction::Forward;
        Self {
            read,
            visitor,
            snapshot_shown: !wants_snapshot,
        }
    }

    /// Shows the snapshot that the read asks for, and begins behind it where the visitor takes it.
    fn show_snapshot(&mut self, place: &Place, connection: &Connection) -> Result<(), StoreError> {
        let Some(fingerprint) = self.read.snapshot else {
            return Ok(());
        };
        let failed = |error| place.sqlite(DOING, error);
        let mut statement = connection
            .prepare_cached(
                "SELECT version, position, state FROM eventsource_snapshots
                 WHERE stream = ?1 AND fingerprint = ?2 AND version <= ?3",
            )
            .map_err(failed)?;
        let visitor = &mut self.visitor;
        let taken = statement
            .query_row(
                params![
                    self.read.stream.as_str(),
                    fingerprint.to_bytes(),
                    signed(self.read.to)
                ],
                |row| {
                    let version = row::unsigned(row, 0);
                    let position = row::unsigned(row, 1).map(Position::from_raw);
                    let state = row::bytes(row, 2);
                    // A snapshot that cannot be read is as good as none: the events are the truth.
                    let (Some(version), Some(position), Some(state)) = (version, position, state)
                    else {
                        return Ok(None);
                    };
                    let snapshot = SnapshotRef {
                        version,
                        position,
                        state,
                    };
                    Ok(visitor.snapshot(snapshot).then_some(version))
                },
            )
            .optional()
            .map_err(failed)?
            .flatten();
        if let Some(version) = taken {
            self.read.from = version.saturating_add(1);
        }
        Ok(())
    }
}

impl<V: Visitor> StreamScan<V> {
    /// Shows the payloads of the rows, in the shortest loop: all loads go through it.
    fn fold(
        &mut self,
        place: &Place,
        found: &mut Rows<'_>,
        rows: usize,
    ) -> Result<Progress, StoreError> {
        let mut version = self.read.from.max(1);
        let stream = self.read.stream.as_str();
        for _ in 0..rows.min(self.read.limit) {
            let row = found.next().map_err(|error| place.sqlite(DOING, error))?;
            let Some(row) = row else {
                return Ok(Progress::Done);
            };
            let Some((name, schema_version, payload)) = row::payload(row) else {
                return Err(row::unreadable(place, stream, version));
            };
            let event = Recorded {
                position: Position::START,
                index: 0,
                stream,
                version,
                event_id: Uuid::nil(),
                name,
                schema_version,
                recorded_at: Timestamp::from_micros(0),
                payload,
                metadata: &[],
            };
            version = version.saturating_add(1);
            // A go that fails goes on from here.
            self.read.from = version;
            self.read.limit -= 1;
            if let ControlFlow::Break(()) = self.visitor.event(&event) {
                return Ok(Progress::Done);
            }
        }
        Ok(if self.read.limit == 0 {
            Progress::Done
        } else {
            Progress::More
        })
    }
}

/// As SQLite counts; nothing is beyond its largest number.
fn signed(version: u64) -> i64 {
    version.try_into().unwrap_or(i64::MAX)
}

impl<V: Visitor> Scan for StreamScan<V> {
    fn go(
        &mut self,
        place: &Place,
        connection: &Connection,
        rows: usize,
    ) -> Result<Progress, StoreError> {
        if !self.snapshot_shown {
            self.show_snapshot(place, connection)?;
            self.snapshot_shown = true;
        }
        let failed = |error| place.sqlite(DOING, error);
        let (from, to) = (signed(self.read.from), signed(self.read.to));
        let stream = self.read.stream.as_str();
        let payloads =
            self.read.detail == Detail::Payload && self.read.direction == Direction::Forward;
        let (sql, bounds) = match self.read.direction {
            Direction::Forward if payloads && to == i64::MAX => (PAYLOADS, params![stream, from]),
            Direction::Forward if payloads => (PAYLOADS_TO, params![stream, from, to]),
            Direction::Forward if to == i64::MAX => (FORWARD, params![stream, from]),
            Direction::Forward => (FORWARD_TO, params![stream, from, to]),
            Direction::Backward => (BACKWARD, params![stream, from, to]),
        };
        let mut statement = connection.prepare_cached(sql).map_err(failed)?;
        let mut found = statement.query(bounds).map_err(failed)?;
        if payloads {
            return self.fold(place, &mut found, rows);
        }
        for _ in 0..rows {
            if self.read.limit == 0 {
                return Ok(Progress::Done);
            }
            let Some(row) = found.next().map_err(failed)? else {
                return Ok(Progress::Done);
            };
            let event = row::recorded(place, row, stream)?;
            self.read.limit -= 1;
            match self.read.direction {
                Direction::Forward => self.read.from = event.version.saturating_add(1),
                Direction::Backward => self.read.to = event.version.saturating_sub(1),
            }
            if let ControlFlow::Break(()) = self.visitor.event(&event) {
                return Ok(Progress::Done);
            }
        }
        Ok(Progress::More)
    }
}
