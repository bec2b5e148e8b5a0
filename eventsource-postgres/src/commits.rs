//! What is remembered of commits.

use eventsource_core::store::{CommitRecord, Committed, Fingerprint, StoreError, StreamCommitted};
use eventsource_core::{Position, StreamName};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::error::Place;
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

/// The rows of a commit as its record; `None` where there are none.
pub(crate) fn record(place: &Place, rows: &[Row]) -> Result<Option<CommitRecord>, StoreError> {
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let unreadable = |_| place.corrupt("a commit cannot be read");
    let fingerprint: Uuid = first.try_get(0).map_err(unreadable)?;
    let mut streams = Vec::with_capacity(rows.len());
    for row in rows {
        let number = |column| {
            let number: Result<i64, _> = row.try_get(column);
            number.map(i64::unsigned_abs).map_err(unreadable)
        };
        let name: &str = row.try_get(1).map_err(unreadable)?;
        streams.push(StreamCommitted {
            stream: StreamName::parse(name)
                .map_err(|_| place.corrupt("the name of a stream cannot be read"))?,
            version: number(2)?,
            position: Position::from_raw(number(3)?),
            events: number(4)?,
        });
    }
    Ok(Some(CommitRecord {
        fingerprint: Fingerprint::from_bytes(fingerprint.into_bytes()),
        committed: Committed { streams },
    }))
}
