//! Reading rows of a read model.

use std::sync::Arc;

use eventsource_core::store::{Query, Row, StoreError, Value, ViewStoreError};
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::change::checkpoint;
use super::plan::{Plan, quoted};
use super::value::{self, Bound, BoundKey};
use crate::error::Place;

const DOING: &str = "reading a read model";

/// The rows of these keys, in their order.
pub(super) fn rows(
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

/// A query, checked and in SQL.
pub(super) struct Asked {
    plan: Arc<Plan>,
    sql: String,
    values: Vec<Value>,
}

impl Asked {
    pub(super) fn new(plan: Arc<Plan>, query: Query) -> Result<Self, ViewStoreError> {
        let mut conditions = Vec::new();
        let mut values = Vec::new();
        for filter in query.filters {
            let columns = &plan.table.columns;
            if !columns.iter().any(|column| column.name == filter.column) {
                return Err(ViewStoreError::NoSuchColumn {
                    projection: plan.table.name.clone(),
                    column: filter.column,
                    columns: columns
                        .iter()
                        .map(|column| column.name.as_str())
                        .collect::<Vec<_>>()
                        .join(", "),
                });
            }
            values.push(filter.equals);
            conditions.push(format!("{} IS ?{}", quoted(&filter.column), values.len()));
        }
        match query.after_key {
            None => {}
            // Behind the one row of a global read model there is nothing.
            Some(Value::Null) => conditions.push("0".to_owned()),
            Some(key) => {
                values.push(key);
                conditions.push(format!("{} > ?{}", plan.key, values.len()));
            }
        }
        let mut sql = plan.select.clone();
        if !conditions.is_empty() {
            sql.push_str(" WHERE ");
            sql.push_str(&conditions.join(" AND "));
        }
        sql.push_str(" ORDER BY ");
        sql.push_str(&plan.key);
        if let Some(limit) = query.limit {
            values.push(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
            // As a parameter, so that each limit is the same statement.
            sql.push_str(" LIMIT ?");
            sql.push_str(&values.len().to_string());
        }
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
