//! A field of a read model as a column's value.

use std::fmt;

/// A row that cannot be written or read. It never holds the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    column: String,
    problem: String,
}

impl RowError {
    pub(crate) fn new(column: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            column: column.into(),
            problem: problem.into(),
        }
    }

    /// The column.
    #[must_use]
    pub fn column(&self) -> &str {
        &self.column
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.column, self.problem)
    }
}

impl std::error::Error for RowError {}

/// What generated code calls. A field's type picks its column: `(&&&Field::<T>::NEW).write("name", &value)` takes the first of
/// [`Native`](generated::Native), [`NullableJson`](generated::NullableJson) and [`Json`](generated::Json) that applies, and
/// [`NotKept`](generated::NotKept), which says why, where none does.
pub mod generated {
    use std::marker::PhantomData;

    use serde::Serialize;
    use serde::de::DeserializeOwned;
    use uuid::Uuid;

    use super::super::{EventContext, StreamKey, StructEvent};
    use super::RowError;
    use crate::Timestamp;
    use crate::json;
    use crate::shape::line_of;
    use crate::store::{ColumnSpec, ColumnType, Row, Value};

    /// A type that has a column type of its own.
    pub trait Column: Sized {
        /// The column type.
        const TYPE: ColumnType;
        /// Whether it may be null.
        const NULLABLE: bool = false;

        /// As a value; the problem in words when it does not fit.
        ///
        /// # Errors
        ///
        /// When the column's type cannot hold it.
        fn to_value(&self) -> Result<Value, String>;

        /// From a value; `None` when it is of another type or range.
        fn from_value(value: Value) -> Option<Self>;
    }

    macro_rules! integers {
        ($($integer:ty),*) => {$(
            impl Column for $integer {
                const TYPE: ColumnType = ColumnType::Integer;

                fn to_value(&self) -> Result<Value, String> {
                    i64::try_from(*self)
                        .map(Value::Integer)
                        .map_err(|_| "the number is beyond 64 signed bits, the widest whole number that every store holds".to_owned())
                }

                fn from_value(value: Value) -> Option<Self> {
                    match value {
                        Value::Integer(integer) => Self::try_from(integer).ok(),
                        _ => None,
                    }
                }
            }
        )*};
    }
    integers!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

    macro_rules! same {
        ($($rust:ty => $variant:ident),* $(,)?) => {$(
            impl Column for $rust {
                const TYPE: ColumnType = ColumnType::$variant;

                fn to_value(&self) -> Result<Value, String> {
                    Ok(Value::$variant(self.clone()))
                }

                fn from_value(value: Value) -> Option<Self> {
                    match value {
                        Value::$variant(value) => Some(value),
                        _ => None,
                    }
                }
            }
        )*};
    }
    same!(bool => Boolean, String => Text, Vec<u8> => Bytes, Timestamp => Timestamp, Uuid => Uuid);

    impl Column for f64 {
        const TYPE: ColumnType = ColumnType::Real;

        fn to_value(&self) -> Result<Value, String> {
            if self.is_nan() {
                Err("the number is NaN, which SQL databases keep as null".to_owned())
            } else {
                // Databases take the two zeros for one key, and SQLite keeps one of them.
                Ok(Value::Real(*self + 0.0))
            }
        }

        fn from_value(value: Value) -> Option<Self> {
            match value {
                Value::Real(value) => Some(value),
                _ => None,
            }
        }
    }

    impl Column for f32 {
        const TYPE: ColumnType = ColumnType::Real;

        fn to_value(&self) -> Result<Value, String> {
            f64::from(*self).to_value()
        }

        fn from_value(value: Value) -> Option<Self> {
            // What an f32 was widened to is narrowed to the same f32.
            #[allow(clippy::cast_possible_truncation)]
            f64::from_value(value).map(|value| value as Self)
        }
    }

    impl<T: Column> Column for Option<T> {
        const TYPE: ColumnType = T::TYPE;
        const NULLABLE: bool = true;

        fn to_value(&self) -> Result<Value, String> {
            self.as_ref().map_or(Ok(Value::Null), T::to_value)
        }

        fn from_value(value: Value) -> Option<Self> {
            match value {
                Value::Null => Some(None),
                value => T::from_value(value).map(Some),
            }
        }
    }

    /// A field of type `T`.
    #[derive(Debug)]
    pub struct Field<T>(PhantomData<fn() -> T>);

    impl<T> Clone for Field<T> {
        fn clone(&self) -> Self {
            *self
        }
    }

    impl<T> Copy for Field<T> {}

    impl<T> Field<T> {
        /// The field.
        pub const NEW: Self = Self(PhantomData);
    }

    fn unreadable(column: &str) -> RowError {
        RowError::new(
            column,
            "the stored value is of another type or range than the field: the table was changed by other hands",
        )
    }

    /// For types with a column type of their own.
    pub trait Native<T> {
        /// The column.
        fn column(&self, name: &str) -> ColumnSpec;
        /// The field's value.
        ///
        /// # Errors
        ///
        /// When the column cannot hold it.
        fn write(&self, name: &str, field: &T) -> Result<Value, RowError>;
        /// The value's field.
        ///
        /// # Errors
        ///
        /// When the value is of another type or range.
        fn read(&self, name: &str, value: Value) -> Result<T, RowError>;
    }

    impl<T: Column> Native<T> for &&Field<T> {
        fn column(&self, name: &str) -> ColumnSpec {
            ColumnSpec::new(name, T::TYPE, T::NULLABLE)
        }

        fn write(&self, name: &str, field: &T) -> Result<Value, RowError> {
            field
                .to_value()
                .map_err(|problem| RowError::new(name, problem))
        }

        fn read(&self, name: &str, value: Value) -> Result<T, RowError> {
            T::from_value(value).ok_or_else(|| unreadable(name))
        }
    }

    fn to_json<T: Serialize>(name: &str, field: &T) -> Result<Value, RowError> {
        let json = json::to_vec(field).map_err(|unwritable| {
            RowError::new(
                name,
                format!("the value has no JSON form: {}", unwritable.reason()),
            )
        })?;
        String::from_utf8(json)
            .map(Value::Json)
            .map_err(|_| RowError::new(name, "the value's JSON is not UTF-8"))
    }

    fn from_json<T: DeserializeOwned>(name: &str, value: &Value) -> Result<T, RowError> {
        match value {
            Value::Json(json) => serde_json::from_str(json).map_err(|_| unreadable(name)),
            _ => Err(unreadable(name)),
        }
    }

    /// For optional types that are serde alone.
    pub trait NullableJson<T> {
        /// The column.
        fn column(&self, name: &str) -> ColumnSpec;
        /// The field's value.
        ///
        /// # Errors
        ///
        /// When it has no JSON form.
        fn write(&self, name: &str, field: &Option<T>) -> Result<Value, RowError>;
        /// The value's field.
        ///
        /// # Errors
        ///
        /// When it is not such JSON.
        fn read(&self, name: &str, value: Value) -> Result<Option<T>, RowError>;
    }

    impl<T: Serialize + DeserializeOwned> NullableJson<T> for &Field<Option<T>> {
        fn column(&self, name: &str) -> ColumnSpec {
            ColumnSpec::new(name, ColumnType::Json, true).content(line_of::<T>)
        }

        fn write(&self, name: &str, field: &Option<T>) -> Result<Value, RowError> {
            field
                .as_ref()
                .map_or(Ok(Value::Null), |field| to_json(name, field))
        }

        fn read(&self, name: &str, value: Value) -> Result<Option<T>, RowError> {
            match value {
                Value::Null => Ok(None),
                value => from_json(name, &value).map(Some),
            }
        }
    }

    /// For all other types that are serde.
    pub trait Json<T> {
        /// The column.
        fn column(&self, name: &str) -> ColumnSpec;
        /// The field's value.
        ///
        /// # Errors
        ///
        /// When it has no JSON form.
        fn write(&self, name: &str, field: &T) -> Result<Value, RowError>;
        /// The value's field.
        ///
        /// # Errors
        ///
        /// When it is not such JSON.
        fn read(&self, name: &str, value: Value) -> Result<T, RowError>;
    }

    impl<T: Serialize + DeserializeOwned> Json<T> for Field<T> {
        fn column(&self, name: &str) -> ColumnSpec {
            ColumnSpec::new(name, ColumnType::Json, false).content(line_of::<T>)
        }

        fn write(&self, name: &str, field: &T) -> Result<Value, RowError> {
            to_json(name, field)
        }

        fn read(&self, name: &str, value: Value) -> Result<T, RowError> {
            from_json(name, &value)
        }
    }

    /// A type that is a column.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is no column",
        label = "neither a number, text, bytes, a time or a UUID, nor serde",
        note = "derive `serde::Serialize` and `serde::Deserialize` on `{Self}`, and the column holds its JSON"
    )]
    pub trait Kept {}

    #[diagnostic::do_not_recommend]
    impl<T: Serialize + DeserializeOwned> Kept for T {}

    /// For all that is no column: taken when nothing else applies, so that the compiler says why.
    pub trait NotKept<T>: Sized {
        /// Cannot be called.
        fn column(self, name: &str) -> ColumnSpec
        where
            T: Kept,
        {
            ColumnSpec::new(name, ColumnType::Json, false)
        }

        /// Nothing: without a column there is nothing to write.
        ///
        /// # Errors
        ///
        /// Always.
        fn write(self, name: &str, _: &T) -> Result<Value, RowError> {
            Err(unreadable(name))
        }

        /// Nothing: without a column there is nothing to read.
        ///
        /// # Errors
        ///
        /// Always.
        fn read(self, name: &str, _: Value) -> Result<T, RowError> {
            Err(unreadable(name))
        }
    }

    impl<T> NotKept<T> for Field<T> {}

    /// The function of `key_with`: the keys of the rows that an event belongs to.
    pub type KeyFunction<'a, 'b, 'c, E, K> = fn(&'a E, &'b EventContext<'c>) -> K;

    /// The event itself, where it is a struct whose fields can be named.
    pub fn fields_of<E: StructEvent<Itself = E>>(event: &E) -> &E::Itself {
        event
    }

    /// The key of a row that is found by its stream: the aggregate's id.
    ///
    /// # Errors
    ///
    /// When the id does not read as the key's type.
    pub fn stream_key<K: StreamKey>(name: &str, stream_id: &str) -> Result<K, RowError> {
        K::of_stream(stream_id).ok_or_else(|| {
            RowError::new(name, "the stream's id does not read as the key field's type: give the field the aggregate's id type")
        })
    }

    /// The values of a row, one at a time, in the order of the columns.
    #[derive(Debug)]
    pub struct Values(std::vec::IntoIter<Value>);

    impl Values {
        /// Of this row.
        #[must_use]
        pub fn new(row: Row) -> Self {
            Self(row.into_iter())
        }

        /// The next one.
        ///
        /// # Errors
        ///
        /// When the row has fewer columns.
        pub fn next(&mut self, name: &str) -> Result<Value, RowError> {
            self.0.next().ok_or_else(|| {
                RowError::new(
                    name,
                    "the stored row lacks this column: the table was changed by other hands",
                )
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::generated::*;
    use crate::Timestamp;
    use crate::store::{ColumnType, Value};
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize, Debug, PartialEq)]
    enum Grade {
        Good,
    }

    macro_rules! round_trip {
        ($type:ty, $value:expr, $column_type:ident, $nullable:expr) => {{
            let field = Field::<$type>::NEW;
            let column = (&&&field).column("c");
            assert_eq!(
                (column.column_type, column.nullable),
                (ColumnType::$column_type, $nullable)
            );
            let value: $type = $value;
            let written = (&&&field).write("c", &value).unwrap();
            assert_eq!((&&&field).read("c", written).unwrap(), value);
        }};
    }

    #[test]
    #[allow(clippy::float_cmp)] // what is read is, bit for bit, what was written
    fn a_field_is_read_as_it_was_written() {
        round_trip!(u32, 7, Integer, false);
        round_trip!(Option<u32>, None, Integer, true);
        round_trip!(f32, 0.1, Real, false);
        round_trip!(bool, true, Boolean, false);
        round_trip!(String, "a".into(), Text, false);
        round_trip!(Vec<u8>, vec![0, 255], Bytes, false);
        round_trip!(Timestamp, Timestamp::from_micros(1), Timestamp, false);
        round_trip!(uuid::Uuid, uuid::Uuid::nil(), Uuid, false);
        round_trip!(Grade, Grade::Good, Json, false);
        round_trip!(Option<Grade>, Some(Grade::Good), Json, true);
        round_trip!(Vec<String>, vec!["a".into()], Json, false);
    }

    #[test]
    fn what_a_column_cannot_hold_is_an_error_that_names_it() {
        let error = (&&&Field::<u64>::NEW)
            .write("amount", &u64::MAX)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("column amount") && error.contains("64 signed bits"),
            "{error}"
        );
        assert!((&&&Field::<f64>::NEW).write("x", &f64::NAN).is_err());
        assert!(
            (&&&Field::<u8>::NEW)
                .read("x", Value::Integer(300))
                .is_err()
        );
    }
}
