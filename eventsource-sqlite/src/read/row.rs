//! A row of the log, seen as an event where SQLite has it.
//!
//! The loop over rows is generic over its visitor, so it is compiled in the user's crate: what it calls for each column has to be `#[inline]` to
//! be inlined there, which is a tenth of the time of a load.

use eventsource_core::store::{Recorded, StoreError};
use eventsource_core::{Position, Timestamp};
use rusqlite::Row;
use rusqlite::types::ValueRef;
use uuid::Uuid;

use crate::error::Place;

/// The place of the stream's name, where it is selected too.
const STREAM: usize = 8;

/// The event in this row, selected as `position, version, event_id, name, schema_version, recorded_at, payload, metadata`. Nothing is copied.
pub(super) fn recorded<'r>(
    place: &Place,
    row: &'r Row<'_>,
    stream: &'r str,
) -> Result<Recorded<'r>, StoreError> {
    read(row, stream).ok_or_else(|| {
        let position = row.get::<_, i64>(0).unwrap_or_default();
        place.corrupt(&format!("the event at position {position} cannot be read"))
    })
}

/// The name, the schema version and the payload in this row, selected in this order: what a state is folded from.
#[expect(
    clippy::inline_always,
    reason = "once a row: as a call, its answer goes through memory"
)]
#[inline(always)]
pub(super) fn payload<'r>(row: &'r Row<'_>) -> Option<(&'r str, u16, &'r [u8])> {
    let name = std::str::from_utf8(bytes(row, 0)?).ok()?;
    Some((name, unsigned(row, 1)?.try_into().ok()?, bytes(row, 2)?))
}

/// That the row of this event is none.
#[cold]
pub(super) fn unreadable(place: &Place, stream: &str, version: u64) -> StoreError {
    place.corrupt(&format!(
        "the event at version {version} of stream {stream} cannot be read"
    ))
}

fn read<'r>(row: &'r Row<'_>, stream: &'r str) -> Option<Recorded<'r>> {
    Some(Recorded {
        position: Position::from_raw(unsigned(row, 0)?),
        index: 0,
        stream,
        version: unsigned(row, 1)?,
        event_id: Uuid::from_slice(bytes(row, 2)?).ok()?,
        name: std::str::from_utf8(bytes(row, 3)?).ok()?,
        schema_version: unsigned(row, 4)?.try_into().ok()?,
        recorded_at: Timestamp::from_micros(integer(row, 5)?),
        payload: bytes(row, 6)?,
        metadata: optional(row, 7)?,
    })
}

/// The stream's name behind the event's columns.
pub(super) fn stream<'r>(place: &Place, row: &'r Row<'_>) -> Result<&'r str, StoreError> {
    bytes(row, STREAM)
        .and_then(|name| std::str::from_utf8(name).ok())
        .ok_or_else(|| place.corrupt("the name of a stream cannot be read"))
}

#[inline]
pub(super) fn integer(row: &Row<'_>, column: usize) -> Option<i64> {
    match row.get_ref(column) {
        Ok(ValueRef::Integer(integer)) => Some(integer),
        _ => None,
    }
}

#[inline]
pub(super) fn unsigned(row: &Row<'_>, column: usize) -> Option<u64> {
    integer(row, column)?.try_into().ok()
}

/// As [`bytes`]; nothing is kept as null, which takes no room.
fn optional<'r>(row: &'r Row<'_>, column: usize) -> Option<&'r [u8]> {
    match row.get_ref(column) {
        Ok(ValueRef::Null) => Some(&[]),
        Ok(ValueRef::Text(bytes) | ValueRef::Blob(bytes)) => Some(bytes),
        _ => None,
    }
}

/// Text or blob: payloads and metadata are kept as text where they are UTF-8.
#[inline]
pub(super) fn bytes<'r>(row: &'r Row<'_>, column: usize) -> Option<&'r [u8]> {
    match row.get_ref(column) {
        Ok(ValueRef::Text(bytes) | ValueRef::Blob(bytes)) => Some(bytes),
        _ => None,
    }
}
