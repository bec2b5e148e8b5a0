//! The rules that a row keeps in every store of read models.

use super::{ColumnType, Value, ViewTable};

/// Why a row is not one of the table's. It holds no content of the row. A store makes it a
/// [`StoreErrorKind::Invalid`](crate::store::StoreErrorKind::Invalid).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRow {
    /// It has another number of values than the table has columns.
    #[error("projection {projection} has {columns} columns, a row of {values} was to be written")]
    Length {
        /// The projection.
        projection: String,
        /// How many columns it has.
        columns: usize,
        /// How many values the row has.
        values: usize,
    },
    /// A value is not one that its column takes.
    #[error(
        "column {column} of projection {projection} is {column_type}{}, {given} was to be written to it",
        if *nullable { " or null" } else { "" }
    )]
    Value {
        /// The projection.
        projection: String,
        /// The column.
        column: String,
        /// The column's type.
        column_type: ColumnType,
        /// Whether the column takes null.
        nullable: bool,
        /// What the value is, in words: its type, or what the store cannot keep of it.
        given: String,
    },
}

impl ViewTable {
    /// For stores: whether the row has a value for each column, of the column's type. Null is for nullable columns, and no key is null.
    ///
    /// `unkept` says in words what a value is that has the right type and that this store still cannot keep, such as
    /// `"a text that PostgreSQL cannot keep"`; `None` for all others.
    ///
    /// # Errors
    ///
    /// The first value that does not fit, or the number of values.
    pub fn check_row(
        &self,
        row: &[Value],
        unkept: impl Fn(&Value) -> Option<String>,
    ) -> Result<(), InvalidRow> {
        if row.len() != self.columns.len() {
            return Err(InvalidRow::Length {
                projection: self.name.clone(),
                columns: self.columns.len(),
                values: row.len(),
            });
        }
        for (column, value) in self.columns.iter().zip(row) {
            let nullable = column.nullable && !column.key;
            let given = match value.column_type() {
                None if nullable => None,
                None => Some("null".to_owned()),
                Some(given) if given == column.column_type => unkept(value),
                Some(given) => Some(given.to_string()),
            };
            if let Some(given) = given {
                return Err(InvalidRow::Value {
                    projection: self.name.clone(),
                    column: column.name.clone(),
                    column_type: column.column_type,
                    nullable,
                    given,
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{ColumnSpec, Fingerprint};

    fn told(row: &[Value]) -> Option<String> {
        let columns = vec![
            // A nullable type as a key is a key all the same.
            ColumnSpec::new("id", ColumnType::Integer, true).key(true),
            ColumnSpec::new("share", ColumnType::Real, true),
        ];
        let table = ViewTable::new("shares", 1, columns, Fingerprint::of([]), "");
        let unkept = |value: &Value| {
            (*value == Value::Real(f64::INFINITY)).then(|| "an infinity".to_owned())
        };
        let refused = table.check_row(row, unkept).err();
        refused.map(|refused| refused.to_string())
    }

    #[test]
    fn a_value_of_its_columns_type_fits_and_null_where_it_may_be() {
        assert_eq!(told(&[Value::Integer(1), Value::Real(0.5)]), None);
        assert_eq!(told(&[Value::Integer(1), Value::Null]), None);
    }

    #[test]
    fn what_does_not_fit_is_told_with_the_column_and_without_its_content() {
        for (row, expected) in [
            (
                vec![Value::Integer(1)],
                "projection shares has 2 columns, a row of 1 was to be written",
            ),
            (
                vec![Value::Null, Value::Null],
                "column id of projection shares is integer, null was to be written to it",
            ),
            (
                vec![Value::Integer(1), Value::Text("secret".to_owned())],
                "column share of projection shares is real or null, text was to be written to it",
            ),
            (
                vec![Value::Integer(1), Value::Real(f64::INFINITY)],
                "column share of projection shares is real or null, an infinity was to be written to it",
            ),
        ] {
            assert_eq!(told(&row).as_deref(), Some(expected));
        }
    }
}
