//! What is remembered of commits.

use eventsource_core::store::{CommitRecord, Committed, Fingerprint, StoreError, StreamCommitted};
use eventsource_core::{Position, StreamName};
use uuid::Uuid;

use crate::error::Place;
use crate::session::{self, Row};
use crate::sql::quoted;

/// The statement that finds a commit's events by their positions, a row a stream.
pub(crate) fn statement(schema: &str) -> String {
    let schema = quoted(schema);
    format!(
        "SELECT c.fingerprint, e.stream, max(e.version), max(e.position), count(*)
         FROM {schema}.commits c
         JOIN {schema}.events e ON e.position >= c.first_position AND e.position < c.first_position + c.events
         WHERE c.commit_id = $1 GROUP BY c.fingerprint, e.stream ORDER BY max(e.position)"
    )
}

/// A row of it: the fingerprint, a stream, its last version and position, how many events.
pub(crate) type Part = (Uuid, String, i64, i64, i64);

/// The rows of a commit as its record; `None` where there are none.
pub(crate) fn record(place: &Place, rows: &[Row]) -> Result<Option<CommitRecord>, StoreError> {
    let part = |row: &Row| {
        Ok((
            row.try_get(0)?,
            row.try_get(1)?,
            row.try_get(2)?,
            row.try_get(3)?,
            row.try_get(4)?,
        ))
    };
    let parts: Result<Vec<Part>, session::Error> = rows.iter().map(part).collect();
    of(
        place,
        parts.map_err(|_| place.corrupt("a commit cannot be read"))?,
    )
}

/// The parts of a commit as its record; `None` where there are none.
pub(crate) fn of(place: &Place, parts: Vec<Part>) -> Result<Option<CommitRecord>, StoreError> {
    let Some(fingerprint) = parts.first().map(|part| part.0) else {
        return Ok(None);
    };
    let mut streams = Vec::with_capacity(parts.len());
    for (_, name, version, position, events) in parts {
        streams.push(StreamCommitted {
            stream: StreamName::parse(&name)
                .map_err(|_| place.corrupt("the name of a stream cannot be read"))?,
            version: version.unsigned_abs(),
            position: Position::from_raw(position.unsigned_abs()),
            events: events.unsigned_abs(),
        });
    }
    Ok(Some(CommitRecord {
        fingerprint: Fingerprint::from_bytes(fingerprint.into_bytes()),
        committed: Committed { streams },
    }))
}
