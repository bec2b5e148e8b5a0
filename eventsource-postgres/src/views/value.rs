//! A column's content, as PostgreSQL keeps it.
//!
//! | column | in PostgreSQL |
//! |---|---|
//! | integer, real, boolean | `bigint`, `double precision`, `boolean` |
//! | text | `text`, in the order of its bytes |
//! | bytes, UUID, JSON | `bytea`, `uuid`, `jsonb` |
//! | timestamp | `timestamptz`; the largest one and the least are `infinity` and `-infinity` |

use std::error::Error;
use std::fmt;

use bytes::{BufMut, BytesMut};
use eventsource_core::Timestamp;
use eventsource_core::store::{ColumnType, Value};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

use crate::session::Row;

/// From 1970 to 2000, where PostgreSQL's microseconds begin.
const EPOCH: i64 = 946_684_800_000_000;
/// 4713 BC to 294276 AD, in microseconds since 2000 (<https://www.postgresql.org/docs/current/datatype-datetime.html>).
const KEPT: std::ops::Range<i64> = -211_813_488_000_000_000..9_223_371_331_200_000_000;

/// The type of a parameter.
pub(super) fn sql_type(of: ColumnType) -> &'static str {
    match of {
        ColumnType::Integer => "bigint",
        ColumnType::Real => "double precision",
        ColumnType::Boolean => "boolean",
        ColumnType::Bytes => "bytea",
        ColumnType::Timestamp => "timestamptz",
        ColumnType::Uuid => "uuid",
        ColumnType::Json => "jsonb",
        _ => "text",
    }
}

/// The type of a column, with its order.
pub(super) fn column_type(of: ColumnType) -> &'static str {
    match of {
        ColumnType::Text => "text COLLATE \"C\"",
        of => sql_type(of),
    }
}

/// What PostgreSQL cannot keep of this value, in words.
pub(super) fn unkept(value: &Value) -> Option<String> {
    let of = value.column_type().filter(|_| !is_kept(value))?;
    Some(format!("a {of} that PostgreSQL cannot keep"))
}

/// Whether the value is one that PostgreSQL can keep.
pub(super) fn is_kept(value: &Value) -> bool {
    match value {
        Value::Timestamp(time) => since_2000(*time).is_some(),
        Value::Text(text) => !text.contains('\0'),
        _ => true,
    }
}

fn since_2000(time: Timestamp) -> Option<i64> {
    let micros = time.as_micros();
    // PostgreSQL's own infinities.
    if micros == i64::MAX || micros == i64::MIN {
        return Some(micros);
    }
    let micros = micros.checked_sub(EPOCH)?;
    KEPT.contains(&micros).then_some(micros)
}

fn since_1970(micros: i64) -> Timestamp {
    if micros == i64::MAX || micros == i64::MIN {
        return Timestamp::from_micros(micros);
    }
    Timestamp::from_micros(micros.saturating_add(EPOCH))
}

/// A value on its way into PostgreSQL, for a parameter of its type or a list of them. What it is, is not shown.
pub(super) struct Bound<'a>(pub(super) &'a Value);

impl fmt::Debug for Bound<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        of: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self.0 {
            Value::Null => Ok(IsNull::Yes),
            Value::Integer(integer) => integer.to_sql(of, out),
            Value::Real(real) => real.to_sql(of, out),
            Value::Boolean(boolean) => boolean.to_sql(of, out),
            Value::Text(text) => text.to_sql(of, out),
            Value::Bytes(bytes) => bytes.as_slice().to_sql(of, out),
            Value::Timestamp(time) => {
                let micros = since_2000(*time).ok_or("a time that PostgreSQL cannot keep")?;
                out.put_i64(micros);
                Ok(IsNull::No)
            }
            Value::Uuid(uuid) => uuid.to_sql(of, out),
            Value::Json(json) => {
                // The version of the format, and the text.
                out.put_u8(1);
                out.put_slice(json.as_bytes());
                Ok(IsNull::No)
            }
            _ => Err("a type of value that this release does not know".into()),
        }
    }

    /// The statements name each parameter's type, and rows are checked against them.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A timestamp on its way out.
struct Stored(Timestamp);

impl<'a> FromSql<'a> for Stored {
    fn from_sql(of: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        i64::from_sql(of, raw).map(|micros| Self(since_1970(micros)))
    }

    fn accepts(of: &Type) -> bool {
        *of == Type::TIMESTAMPTZ
    }
}

/// JSON on its way out, as text.
struct Json(String);

impl<'a> FromSql<'a> for Json {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        let text = raw.strip_prefix(&[1]).ok_or("another version of jsonb")?;
        Ok(Self(std::str::from_utf8(text)?.to_owned()))
    }

    fn accepts(of: &Type) -> bool {
        *of == Type::JSONB
    }
}

/// The value in this column, which is of this type; `None` when something else is stored.
pub(super) fn read(row: &Row, place: usize, of: ColumnType) -> Option<Value> {
    fn some<'r, T: FromSql<'r>>(
        row: &'r Row,
        place: usize,
        value: impl FnOnce(T) -> Value,
    ) -> Option<Value> {
        let stored: Option<T> = row.try_get(place).ok()?;
        Some(stored.map_or(Value::Null, value))
    }
    match of {
        ColumnType::Integer => some(row, place, Value::Integer),
        ColumnType::Real => some(row, place, Value::Real),
        ColumnType::Boolean => some(row, place, Value::Boolean),
        ColumnType::Text => some(row, place, Value::Text),
        ColumnType::Bytes => some(row, place, Value::Bytes),
        ColumnType::Timestamp => some(row, place, |Stored(time)| Value::Timestamp(time)),
        ColumnType::Uuid => some::<Uuid>(row, place, Value::Uuid),
        ColumnType::Json => some(row, place, |Json(text)| Value::Json(text)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_time_that_is_kept_is_read_as_it_was_written(micros in any::<i64>()) {
            let time = Timestamp::from_micros(micros);
            if let Some(kept) = since_2000(time) {
                prop_assert_eq!(since_1970(kept), time);
            }
        }

        #[test]
        fn times_are_kept_in_their_order(one in any::<i64>(), other in any::<i64>()) {
            let (one, other) = (Timestamp::from_micros(one), Timestamp::from_micros(other));
            if let (Some(kept), Some(other_kept)) = (since_2000(one), since_2000(other)) {
                prop_assert_eq!(kept.cmp(&other_kept), one.cmp(&other));
            }
        }
    }

    #[test]
    fn times_of_this_age_and_the_ends_of_time_are_kept() {
        for micros in [0, 1_700_000_000_000_001, i64::MAX, i64::MIN] {
            assert!(is_kept(&Value::Timestamp(Timestamp::from_micros(micros))));
        }
        assert!(!is_kept(&Value::Timestamp(Timestamp::from_micros(
            i64::MIN + 1
        ))));
    }
}
