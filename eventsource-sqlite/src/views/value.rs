//! A column's content, as SQLite keeps it.
//!
//! | column | in SQLite |
//! |---|---|
//! | integer, real, bytes | `INTEGER`, `REAL`, `BLOB` |
//! | boolean | `INTEGER`, 0 or 1 |
//! | text, JSON | `TEXT` |
//! | UUID | `TEXT`, lower case with hyphens |
//! | timestamp | `TEXT`, RFC 3339 with six decimals and `Z`: it sorts by time, and SQLite's date functions read it |
//!
//! RFC 3339 ends at the years 0 and 9999. A time outside, such as the largest one used as "never", is kept as `~` or `-` and a number, which
//! sorts behind and before all others.

use eventsource_core::Timestamp;
use eventsource_core::store::{ColumnType, Value};
use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};
use uuid::Uuid;

/// A value on its way into SQLite.
pub(super) struct Bound<'a>(pub(super) &'a Value);

/// A row's key on its way into SQLite; null is the one row of a global read model.
pub(super) struct BoundKey<'a>(pub(super) &'a Value);

impl ToSql for BoundKey<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self.0 {
            Value::Null => Ok(ToSqlOutput::Borrowed(ValueRef::Integer(1))),
            value => bind(value),
        }
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        bind(self.0)
    }
}

fn bind(value: &Value) -> rusqlite::Result<ToSqlOutput<'_>> {
    let borrowed = |value| Ok(ToSqlOutput::Borrowed(value));
    let text = |text| Ok(ToSqlOutput::Owned(Owned::Text(text)));
    match value {
        Value::Integer(integer) => borrowed(ValueRef::Integer(*integer)),
        Value::Real(real) => borrowed(ValueRef::Real(*real)),
        Value::Boolean(boolean) => borrowed(ValueRef::Integer(i64::from(*boolean))),
        Value::Text(text) | Value::Json(text) => borrowed(ValueRef::Text(text.as_bytes())),
        Value::Bytes(bytes) => borrowed(ValueRef::Blob(bytes)),
        Value::Timestamp(time) => text(timestamp_text(*time)),
        Value::Uuid(uuid) => text(uuid.to_string()),
        Value::Null => borrowed(ValueRef::Null),
        other => Err(rusqlite::Error::ToSqlConversionFailure(
            format!("{other:?} is of a type that this release does not know").into(),
        )),
    }
}

/// The value of a column of this type; `None` when something else is stored.
pub(super) fn read(column_type: ColumnType, stored: ValueRef<'_>) -> Option<Value> {
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).map(str::to_owned).ok();
    Some(match (column_type, stored) {
        (_, ValueRef::Null) => Value::Null,
        (ColumnType::Integer, ValueRef::Integer(integer)) => Value::Integer(integer),
        (ColumnType::Real, ValueRef::Real(real)) => Value::Real(real),
        (ColumnType::Boolean, ValueRef::Integer(integer)) => Value::Boolean(integer != 0),
        (ColumnType::Text, ValueRef::Text(bytes)) => Value::Text(text(bytes)?),
        (ColumnType::Json, ValueRef::Text(bytes)) => Value::Json(text(bytes)?),
        (ColumnType::Bytes, ValueRef::Blob(bytes)) => Value::Bytes(bytes.to_vec()),
        (ColumnType::Timestamp, ValueRef::Text(bytes)) => {
            Value::Timestamp(timestamp(std::str::from_utf8(bytes).ok()?)?)
        }
        (ColumnType::Uuid, ValueRef::Text(bytes)) => {
            Value::Uuid(Uuid::try_parse_ascii(bytes).ok()?)
        }
        _ => return None,
    })
}

fn timestamp_text(time: Timestamp) -> String {
    let text = time.to_string();
    if text.parse() == Ok(time) {
        return text;
    }
    let micros = time.as_micros();
    if micros > 0 {
        format!("~{micros:019}")
    } else {
        format!("-{:020}", micros.abs_diff(i64::MIN))
    }
}

fn timestamp(text: &str) -> Option<Timestamp> {
    if let Some(micros) = text.strip_prefix('~') {
        return micros.parse().ok().map(Timestamp::from_micros);
    }
    if let Some(above_least) = text.strip_prefix('-') {
        let above_least: u64 = above_least.parse().ok()?;
        return i64::MIN
            .checked_add_unsigned(above_least)
            .map(Timestamp::from_micros);
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_time_is_read_as_it_was_written(micros in any::<i64>()) {
            let time = Timestamp::from_micros(micros);
            prop_assert_eq!(timestamp(&timestamp_text(time)), Some(time));
        }

        #[test]
        fn times_sort_as_their_texts_do(one in any::<i64>(), other in any::<i64>(), wide in any::<bool>()) {
            // Half of the cases within a few thousand years, where most times are.
            let scale = if wide { 1 } else { 100 };
            let (one, other) = (Timestamp::from_micros(one / scale), Timestamp::from_micros(other / scale));
            prop_assert_eq!(one.cmp(&other), timestamp_text(one).cmp(&timestamp_text(other)));
        }
    }

    #[test]
    fn a_time_is_written_so_that_people_can_read_it() {
        let time: Timestamp = "2026-11-22T14:23:00Z".parse().unwrap();
        assert_eq!(timestamp_text(time), "2026-11-22T14:23:00.000000Z");
        assert_eq!(
            timestamp_text(Timestamp::from_micros(i64::MAX)),
            "~9223372036854775807"
        );
        assert_eq!(
            timestamp_text(Timestamp::from_micros(i64::MIN)),
            "-00000000000000000000"
        );
    }
}
