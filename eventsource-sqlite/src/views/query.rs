//! Reading rows of a read model.

use std::fmt::Write as _;
use std::sync::Arc;

use eventsource_core::store::{ColumnSpec, Query, Row, StoreError, Value, ViewStoreError};
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::plan::{Plan, quoted};
use super::table::checkpoint;
use super::value::{self, Bound, BoundKey};
use crate::error::Place;

const DOING: &str = "reading a read model";

/// The rows of these keys, in their order.
pub(crate) fn rows(
    place: &Place,
    connection: &Connection,
    plan: &Plan,
    keys: &[Value],
) -> Result<Vec<Option<Row>>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = match connection.prepare_cached(&plan.by_key) {
        Ok(statement) => statement,
        Err(error) => {
            no_table(place, connection, plan, error)?;
            return Ok(vec![None; keys.len()]);
        }
    };
    keys.iter()
        .map(|key| {
            statement
                .query_row([BoundKey(key)], |row| Ok(read(place, plan, row)))
                .optional()
                .map_err(|error| place.sqlite(DOING, error))?
                .transpose()
        })
        .collect()
}

/// What a statement's parameters stand for.
#[derive(Default)]
struct Values(Vec<Value>);

impl Values {
    /// The parameter that stands for it.
    fn bind(&mut self, value: Value) -> String {
        self.0.push(value);
        format!("?{}", self.0.len())
    }
}

fn column<'a>(plan: &'a Plan, name: &str) -> Result<&'a ColumnSpec, ViewStoreError> {
    let columns = &plan.table.columns;
    let found = columns.iter().find(|column| column.name == name);
    found.ok_or_else(|| ViewStoreError::NoSuchColumn {
        projection: plan.table.name.clone(),
        column: name.to_owned(),
        columns: columns
            .iter()
            .map(|column| column.name.as_str())
            .collect::<Vec<_>>()
            .join(", "),
    })
}

/// The condition for rows whose keys come behind this one.
fn behind_key(plan: &Plan, key: Value, descending: bool, values: &mut Values) -> String {
    let keyed = plan.table.key_column().is_some();
    match (key, descending) {
        // Null stands before every key; behind the one row of a global read model there is nothing.
        (Value::Null, false) if keyed => "1".to_owned(),
        (Value::Null, _) => "0".to_owned(),
        (key, false) => format!("{} > {}", plan.key, values.bind(key)),
        (key, true) => format!("{} < {}", plan.key, values.bind(key)),
    }
}

/// The condition for rows that come behind this value, or have it and stand behind the key. Written so that an index on the column leads to
/// the first of them wherever SQLite can use it.
fn behind_value(
    by: &ColumnSpec,
    last: Value,
    behind_key: &str,
    descending: bool,
    values: &mut Values,
) -> String {
    let column = quoted(&by.name);
    match (last, descending) {
        (Value::Null, false) => format!("({column} IS NOT NULL OR {behind_key})"),
        (Value::Null, true) => format!("{column} IS NULL AND {behind_key}"),
        (last, false) => {
            let last = values.bind(last);
            format!("{column} >= {last} AND ({column} > {last} OR {behind_key})")
        }
        (last, true) => {
            let last = values.bind(last);
            if by.nullable {
                format!(
                    "({column} < {last} OR {column} IS NULL OR ({column} = {last} AND {behind_key}))"
                )
            } else {
                format!("{column} <= {last} AND ({column} < {last} OR {behind_key})")
            }
        }
    }
}

/// A query, checked and in SQL.
pub(super) struct Asked {
    plan: Arc<Plan>,
    sql: String,
    values: Vec<Value>,
}

impl Asked {
    pub(super) fn new(plan: Arc<Plan>, query: Query) -> Result<Self, ViewStoreError> {
        let mut conditions = Vec::new();
        let mut values = Values::default();
        for filter in query.filters {
            let column = column(&plan, &filter.column)?;
            // It would be bound as null, and no row keeps it.
            if matches!(filter.equals, Value::Real(number) if number.is_nan()) {
                conditions.push("false".to_owned());
                continue;
            }
            conditions.push(format!(
                "{} IS {}",
                quoted(&column.name),
                values.bind(filter.equals)
            ));
        }
        let order = query.order.as_ref();
        let by = order
            .map(|order| column(&plan, &order.column))
            .transpose()?;
        let descending = order.is_some_and(|order| order.descending);
        if let Some(key) = query.after_key {
            let behind = behind_key(&plan, key, descending, &mut values);
            conditions.push(match by {
                None => behind,
                Some(by) => {
                    let last = query.after_value.unwrap_or(Value::Null);
                    behind_value(by, last, &behind, descending, &mut values)
                }
            });
        }
        let mut sql = plan.select.clone();
        if !conditions.is_empty() {
            sql.push_str(" WHERE ");
            sql.push_str(&conditions.join(" AND "));
        }
        sql.push_str(" ORDER BY ");
        let direction = if descending { "DESC" } else { "ASC" };
        if let Some(by) = by {
            // Infallible, here and below: a String takes everything.
            let _ = write!(sql, "{} {direction}, ", quoted(&by.name));
        }
        let _ = write!(sql, "{} {direction}", plan.key);
        if let Some(limit) = query.limit {
            // As a parameter, so that each limit is the same statement.
            let limit = Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX));
            let _ = write!(sql, " LIMIT {}", values.bind(limit));
        }
        let values = values.0;
        Ok(Self { plan, sql, values })
    }

    pub(super) fn rows(
        &self,
        place: &Place,
        connection: &Connection,
    ) -> Result<Vec<Row>, StoreError> {
        let mut statement = match connection.prepare_cached(&self.sql) {
            Ok(statement) => statement,
            Err(error) => {
                no_table(place, connection, &self.plan, error)?;
                return Ok(Vec::new());
            }
        };
        let failed = |error| place.sqlite(DOING, error);
        let mut found = statement
            .query(params_from_iter(self.values.iter().map(Bound)))
            .map_err(failed)?;
        let mut rows = Vec::new();
        while let Some(row) = found.next().map_err(failed)? {
            rows.push(read(place, &self.plan, row)?);
        }
        Ok(rows)
    }
}

/// A table that was never opened, or was removed since, has no rows. Any other error is one.
fn no_table(
    place: &Place,
    connection: &Connection,
    plan: &Plan,
    error: rusqlite::Error,
) -> Result<(), StoreError> {
    match checkpoint(connection, &plan.table) {
        Ok(None) => Ok(()),
        _ => Err(place.sqlite(DOING, error)),
    }
}

fn read(place: &Place, plan: &Plan, row: &rusqlite::Row<'_>) -> Result<Row, StoreError> {
    plan.table
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            row.get_ref(index)
                .ok()
                .and_then(|stored| value::read(column.column_type, stored))
                .ok_or_else(|| {
                    place.corrupt(&format!(
                        "column {} of table {} holds what is no {}",
                        column.name, plan.physical, column.column_type
                    ))
                })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use eventsource_core::store::{ColumnType, Fingerprint, Order, ViewTable};

    use super::*;

    /// The next page is looked up in an index, in its order; it is neither counted to nor sorted.
    #[test]
    fn a_page_is_found_by_its_index() {
        let columns = vec![
            ColumnSpec::new("account", ColumnType::Text, false).key(true),
            ColumnSpec::new("amount", ColumnType::Integer, false).index(true),
            ColumnSpec::new("limit", ColumnType::Integer, true).index(true),
        ];
        let table = ViewTable::new("balances", 1, columns, Fingerprint::of([]), "");
        let place = Place::new("sqlite in memory", Duration::ZERO);
        let plan = Arc::new(Plan::new(&place, &table).unwrap());
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(&plan.create).unwrap();
        for index in &plan.indexes {
            index.create(&connection, &plan.physical).unwrap();
        }
        for (order, found_by) in [
            (None, "account>"),
            (Some(Order::by("amount")), "amount>"),
            (Some(Order::by("amount").descending()), "amount<"),
            (Some(Order::by("limit")), "limit>"),
        ] {
            let mut query = Query::default();
            query.after_value = order.as_ref().map(|_| Value::Integer(7));
            query.after_key = Some(Value::Text("ada".to_owned()));
            query.limit = Some(10);
            query.order = order;
            let asked = Asked::new(Arc::clone(&plan), query).unwrap();
            let steps: Vec<String> = connection
                .prepare(&format!("EXPLAIN QUERY PLAN {}", asked.sql))
                .unwrap()
                .query_map(params_from_iter(asked.values.iter().map(Bound)), |row| {
                    row.get(3)
                })
                .unwrap()
                .collect::<Result<_, _>>()
                .unwrap();
            let steps = steps.join(", ");
            assert!(steps.contains("SEARCH"), "{found_by}: {steps}");
            assert!(steps.contains(found_by), "{found_by}: {steps}");
            assert!(!steps.contains("TEMP B-TREE"), "{found_by}: {steps}");
        }
    }
}
