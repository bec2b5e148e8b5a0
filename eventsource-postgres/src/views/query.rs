//! Reading rows of a read model.

use eventsource_core::store::{
    ColumnType, Query, Row, StoreError, Value, ViewStoreError, ViewTable,
};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

use super::plan::Plan;
use super::tables;
use super::value::{self, Bound};
use crate::PostgresStore;
use crate::error::{self, Place};
use crate::session::{self, Session};
use crate::sql::quoted;

const DOING: &str = "reading a read model";

/// The rows of these keys, in their order.
pub(super) async fn rows(
    store: &PostgresStore,
    table: &ViewTable,
    keys: Vec<Value>,
) -> Result<Vec<Option<Row>>, ViewStoreError> {
    let plan = store.plan(table)?;
    let (keys, mut rows) = asked(&plan, keys);
    let bound: Vec<Bound<'_>> = keys.iter().map(Bound).collect();
    let found = ask(store, &plan, &plan.by_key, &[&bound]).await?;
    place_each(store.place(), &plan, &found, &mut rows)?;
    Ok(rows)
}

/// The rows of these keys, in their order, as an open transaction sees them.
pub(crate) async fn rows_in(
    session: Session<'_>,
    place: &Place,
    plan: &Plan,
    keys: Vec<Value>,
) -> Result<Vec<Option<Row>>, StoreError> {
    let (keys, mut rows) = asked(plan, keys);
    let bound: Vec<Bound<'_>> = keys.iter().map(Bound).collect();
    let found = session.query(&plan.by_key, &[&bound]).await;
    let found = found.map_err(|error| place.postgres(DOING, &error))?;
    place_each(place, plan, &found, &mut rows)?;
    Ok(rows)
}

/// The keys as they are in the table, and a place for the row of each.
fn asked(plan: &Plan, keys: Vec<Value>) -> (Vec<Value>, Vec<Option<Row>>) {
    let rows = vec![None; keys.len()];
    // A key of another type is in no row; its place stays empty.
    let keys: Vec<Value> = keys
        .into_iter()
        .map(|key| plan.stored_key(key))
        .map(|key| match key.column_type() {
            Some(of) if of == plan.key_type && value::is_kept(&key) => key,
            _ => Value::Null,
        })
        .collect();
    (keys, rows)
}

fn place_each(
    at: &Place,
    plan: &Plan,
    found: &[session::Row],
    rows: &mut [Option<Row>],
) -> Result<(), StoreError> {
    for row in found {
        let place = row.try_get::<i64>(0).ok();
        // Places count from 1.
        let place = place.and_then(|place| usize::try_from(place - 1).ok());
        if let Some(place) = place.and_then(|place| rows.get_mut(place)) {
            *place = Some(read(at, plan, row, 1)?);
        }
    }
    Ok(())
}

/// The rows that a query asks for.
pub(super) async fn query(
    store: &PostgresStore,
    table: &ViewTable,
    query: Query,
) -> Result<Vec<Row>, ViewStoreError> {
    let plan = store.plan(table)?;
    let asked = Asked::new(&plan, query)?;
    let bound: Vec<Bound<'_>> = asked.values.iter().map(Bound).collect();
    let parameters: Vec<&(dyn ToSql + Sync)> = bound
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect();
    let found = ask(store, &plan, &asked.sql, &parameters).await?;
    Ok(found
        .iter()
        .map(|row| read(store.place(), &plan, row, 0))
        .collect::<Result<_, _>>()?)
}

async fn ask(
    store: &PostgresStore,
    plan: &Plan,
    sql: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<Vec<session::Row>, ViewStoreError> {
    let mut stale = store.database().connections();
    loop {
        let client = store.database().client().await?;
        match Session::pooled(&client).query(sql, parameters).await {
            Ok(rows) => return Ok(rows),
            Err(error) if error::is_lost(&error) && stale > 0 => stale -= 1,
            // The table was removed and made anew with other columns since the statement was prepared.
            Err(error) if error.code() == Some(SqlState::FEATURE_NOT_SUPPORTED) && stale > 0 => {
                client.statement_cache.clear();
                stale -= 1;
            }
            Err(error)
                if error.code() == Some(SqlState::UNDEFINED_TABLE)
                    && tables::find(store, &plan.table).await?.is_none() =>
            {
                return Err(ViewStoreError::not_open(&plan.table));
            }
            Err(error) => return Err(store.place().postgres(DOING, &error).into()),
        }
    }
}

/// A query, checked and in SQL.
struct Asked {
    sql: String,
    values: Vec<Value>,
}

impl Asked {
    fn new(plan: &Plan, query: Query) -> Result<Self, ViewStoreError> {
        let mut asked = Self {
            sql: String::new(),
            values: Vec::new(),
        };
        let mut conditions = Vec::new();
        for filter in query.filters {
            let (name, of) = column(plan, &filter.column)?;
            conditions.push(match filter.equals {
                Value::Null => format!("{name} IS NULL"),
                value => match asked.bind(value, of) {
                    Some(parameter) => format!("{name} = {parameter}"),
                    None => "false".to_owned(),
                },
            });
        }
        let order = match query.order {
            None => None,
            Some(order) => Some((column(plan, &order.column)?, order.descending)),
        };
        if let Some(key) = query.after_key {
            let value = query.after_value.unwrap_or(Value::Null);
            conditions.push(asked.behind(plan, key, value, order.as_ref()));
        }
        asked.sql.clone_from(&plan.select);
        if !conditions.is_empty() {
            asked.sql.push_str(" WHERE ");
            asked.sql.push_str(&conditions.join(" AND "));
        }
        let key = &plan.key;
        let order = match &order {
            None => format!(" ORDER BY {key}"),
            Some(((name, _), false)) => format!(" ORDER BY {name} NULLS FIRST, {key}"),
            Some(((name, _), true)) => format!(" ORDER BY {name} DESC NULLS LAST, {key} DESC"),
        };
        asked.sql.push_str(&order);
        if let Some(limit) = query.limit {
            let limit = Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX));
            // As a parameter, so that each limit is the same statement.
            if let Some(parameter) = asked.bind(limit, ColumnType::Integer) {
                asked.sql.push_str(" LIMIT ");
                asked.sql.push_str(&parameter);
            }
        }
        Ok(asked)
    }

    /// A parameter of this type; `None` for a value that no column of the type has.
    fn bind(&mut self, value: Value, of: ColumnType) -> Option<String> {
        if value.column_type() != Some(of) || !value::is_kept(&value) {
            return None;
        }
        self.values.push(value);
        Some(format!("${}::{}", self.values.len(), value::sql_type(of)))
    }

    /// The condition for rows behind the one of this key, which has this value in the column of the order.
    fn behind(
        &mut self,
        plan: &Plan,
        key: Value,
        value: Value,
        order: Option<&((String, ColumnType), bool)>,
    ) -> String {
        // Behind the one row of a global read model there is nothing, and a key of another type is in no row.
        let Some(key) = self
            .bind(key, plan.key_type)
            .filter(|_| plan.table.key_column().is_some())
        else {
            return "false".to_owned();
        };
        let by_key = &plan.key;
        let Some(((name, of), descending)) = order else {
            return format!("{by_key} > {key}");
        };
        let more = if *descending { "<" } else { ">" };
        let other_key = format!("{by_key} {more} {key}");
        match (value, descending) {
            (Value::Null, false) => format!("({name} IS NOT NULL OR {other_key})"),
            (Value::Null, true) => format!("({name} IS NULL AND {other_key})"),
            (value, descending) => {
                let Some(value) = self.bind(value, *of) else {
                    return "false".to_owned();
                };
                let nulls = if *descending {
                    format!(" OR {name} IS NULL")
                } else {
                    String::new()
                };
                format!("({name} {more} {value}{nulls} OR ({name} = {value} AND {other_key}))")
            }
        }
    }
}

/// A column of the table, quoted, with its type.
fn column(plan: &Plan, name: &str) -> Result<(String, ColumnType), ViewStoreError> {
    let columns = &plan.table.columns;
    match columns.iter().find(|column| column.name == name) {
        Some(column) => Ok((quoted(&column.name), column.column_type)),
        None => Err(ViewStoreError::NoSuchColumn {
            projection: plan.table.name.clone(),
            column: name.to_owned(),
            columns: columns
                .iter()
                .map(|column| column.name.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        }),
    }
}

fn read(at: &Place, plan: &Plan, row: &session::Row, from: usize) -> Result<Row, StoreError> {
    (from..)
        .zip(&plan.table.columns)
        .map(|(place, column)| {
            value::read(row, place, column.column_type).ok_or_else(|| {
                at.corrupt(&format!(
                    "column {} of table {} holds what is no {}",
                    column.name, plan.target, column.column_type
                ))
            })
        })
        .collect()
}
