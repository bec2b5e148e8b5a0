//! A row of the log, seen as an event where the driver has it.

use eventsource_core::store::{Recorded, StoreError};
use eventsource_core::{Position, Timestamp};
use uuid::Uuid;

use crate::error::Place;
use crate::session::Row;

/// The columns of [`recorded`], in their order.
pub(super) const COLUMNS: &str =
    "version, name, schema_version, payload, position, event_id, recorded_at, metadata";

/// The columns of [`payload`], in their order. A stream has no gaps: its versions are counted.
pub(super) const PAYLOAD: &str = "name, schema_version, payload";

/// The event in this row, selected as [`COLUMNS`]. Nothing is copied.
pub(super) fn recorded<'r>(
    place: &Place,
    row: &'r Row,
    stream: &'r str,
) -> Result<Recorded<'r>, StoreError> {
    let read = || {
        Some(Recorded {
            position: Position::from_raw(unsigned(row, 4)?),
            event_id: row.try_get::<Uuid>(5).ok()?,
            recorded_at: Timestamp::from_micros(row.try_get(6).ok()?),
            metadata: row.try_get(7).ok()?,
            ..folded(row, 1, stream, unsigned(row, 0)?)?
        })
    };
    read().ok_or_else(|| unreadable(place, stream, unsigned(row, 0).unwrap_or_default()))
}

/// The event in this row, selected as [`PAYLOAD`] of a version that is known: what a state is folded from.
pub(super) fn payload<'r>(
    place: &Place,
    row: &'r Row,
    stream: &'r str,
    version: u64,
) -> Result<Recorded<'r>, StoreError> {
    folded(row, 0, stream, version).ok_or_else(|| unreadable(place, stream, version))
}

/// What [`PAYLOAD`] selects, from this column on.
fn folded<'r>(row: &'r Row, at: usize, stream: &'r str, version: u64) -> Option<Recorded<'r>> {
    Some(Recorded {
        position: Position::START,
        index: 0,
        stream,
        version,
        event_id: Uuid::nil(),
        name: row.try_get(at).ok()?,
        schema_version: row.try_get::<i32>(at + 1).ok()?.try_into().ok()?,
        recorded_at: Timestamp::from_micros(0),
        payload: row.try_get(at + 2).ok()?,
        metadata: &[],
    })
}

/// The name of a stream in this column.
pub(super) fn stream<'r>(
    place: &Place,
    row: &'r Row,
    column: usize,
) -> Result<&'r str, StoreError> {
    row.try_get(column)
        .map_err(|_| place.corrupt("the name of a stream cannot be read"))
}

/// A version or a position.
pub(super) fn unsigned(row: &Row, column: usize) -> Option<u64> {
    row.try_get::<i64>(column).ok()?.try_into().ok()
}

fn unreadable(place: &Place, stream: &str, version: u64) -> StoreError {
    place.corrupt(&format!(
        "the event at version {version} of stream {stream} cannot be read"
    ))
}
