//! What a list of rows is narrowed by.

use uuid::Uuid;

use super::ViewError;
use crate::Timestamp;
use crate::projection::RowError;
use crate::projection::columns::Column as _;
use crate::store::{ColumnType, Filter, Value, ViewTable};

macro_rules! value_from {
    ($($rust:ty => $variant:ident),* $(,)?) => {$(
        impl From<$rust> for Value {
            fn from(value: $rust) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}
value_from!(
    i8 => Integer,
    i16 => Integer,
    i32 => Integer,
    i64 => Integer,
    u8 => Integer,
    u16 => Integer,
    u32 => Integer,
    f32 => Real,
    f64 => Real,
    bool => Boolean,
    &str => Text,
    String => Text,
    &String => Text,
    Vec<u8> => Bytes,
    &[u8] => Bytes,
    Timestamp => Timestamp,
    Uuid => Uuid,
);

/// A number beyond 64 signed bits becomes a floating-point one, which equals no whole number.
impl From<u64> for Value {
    #[allow(clippy::cast_precision_loss)]
    fn from(value: u64) -> Self {
        i64::try_from(value).map_or(Self::Real(value as f64), Self::Integer)
    }
}

/// As of a `u64`.
impl From<usize> for Value {
    fn from(value: usize) -> Self {
        u64::try_from(value).map_or(Self::Real(f64::INFINITY), Self::from)
    }
}

/// `None` is null.
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, T::into)
    }
}

/// A filter whose value is of its column's type, where it can be. That there is such a column, the store checks.
pub(super) fn filter(
    table: &ViewTable,
    projection: &'static str,
    column: String,
    value: Value,
) -> Result<Filter, ViewError> {
    let mut columns = table.columns.iter();
    let Some(spec) = columns.find(|spec| spec.name == column) else {
        return Ok(Filter::equals(column, value));
    };
    let unkept = |problem: &str| ViewError::Row {
        projection,
        source: RowError::new(&spec.name, problem),
    };
    let value = match (spec.column_type, value) {
        // What is kept as JSON is compared with the JSON of the value: so is an enum with the name of a variant.
        (ColumnType::Json, Value::Text(text)) => {
            Value::Json(serde_json::Value::String(text).to_string())
        }
        (ColumnType::Json, Value::Integer(number)) => Value::Json(number.to_string()),
        (ColumnType::Json, Value::Boolean(yes)) => Value::Json(yes.to_string()),
        (ColumnType::Json, Value::Real(number)) => match serde_json::Number::from_f64(number) {
            Some(number) => Value::Json(number.to_string()),
            None => return Err(unkept("JSON has no number that is NaN or infinite")),
        },
        // Some databases would look for null.
        (ColumnType::Real, Value::Real(number)) => match number.to_value() {
            Ok(value) => value,
            Err(problem) => return Err(unkept(&problem)),
        },
        (_, value) => value,
    };
    match value.column_type() {
        Some(found) if found != spec.column_type => Err(ViewError::Filter {
            projection,
            column,
            expected: spec.column_type,
            found,
        }),
        _ => Ok(Filter::equals(column, value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{ColumnSpec, Fingerprint};

    fn table() -> ViewTable {
        let columns = vec![
            ColumnSpec::new("amount", ColumnType::Integer, false),
            ColumnSpec::new("state", ColumnType::Json, false),
            ColumnSpec::new("note", ColumnType::Text, true),
            ColumnSpec::new("share", ColumnType::Real, true),
        ];
        ViewTable::new("orders", 1, columns, Fingerprint::of([]), "")
    }

    fn filtered(column: &str, value: impl Into<Value>) -> Result<Value, ViewError> {
        filter(&table(), "orders", column.into(), value.into()).map(|filter| filter.equals)
    }

    #[test]
    fn a_value_is_compared_as_its_column_keeps_it() {
        assert_eq!(filtered("amount", 7_u64).unwrap(), Value::Integer(7));
        assert_eq!(
            filtered("state", "Open").unwrap(),
            Value::Json("\"Open\"".into())
        );
        assert_eq!(filtered("note", None::<&str>).unwrap(), Value::Null);
    }

    #[test]
    fn a_number_is_compared_as_rows_keep_it() {
        assert_eq!(filtered("share", -0.0).unwrap(), Value::Real(0.0));
        assert_eq!(filtered("state", 1.5).unwrap(), Value::Json("1.5".into()));
        for (column, number) in [
            ("share", f64::NAN),
            ("state", f64::NAN),
            ("state", f64::INFINITY),
        ] {
            let error = filtered(column, number).unwrap_err().to_string();
            assert!(error.contains(column) && error.contains("NaN"), "{error}");
        }
    }

    #[test]
    fn a_value_of_another_type_is_refused_with_both_types() {
        for error in [
            filtered("amount", "seven").unwrap_err(),
            filtered("amount", u64::MAX).unwrap_err(),
        ] {
            let error = error.to_string();
            assert!(
                error.contains("amount") && error.contains("integer"),
                "{error}"
            );
        }
    }
}
