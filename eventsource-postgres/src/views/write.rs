//! Writing rows, checkpoint and outbox: one statement, one transaction, one round trip.

use std::collections::{HashMap, HashSet};

use eventsource_core::store::{Row, Value, ViewStoreError, ViewTable, ViewWrite};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

use super::outbox::Sends;
use super::plan::{BEFORE_ROWS, OF_OUTBOX, Plan, written};
use super::tables;
use super::value::Bound;
use crate::PostgresStore;
use crate::error::Place;
use crate::session::{self, Session};
use crate::sql::signed;

const DOING: &str = "writing to a read model";

/// What became of a write.
pub(crate) enum Outcome {
    Written,
    /// Its checkpoint or its term is another.
    Refused,
}

pub(super) async fn write(
    store: &PostgresStore,
    table: &ViewTable,
    mut write: ViewWrite,
) -> Result<(), ViewStoreError> {
    let plan = store.plan(table)?;
    plan.check(store.place(), &write)?;
    let client = store.database().client().await?;
    let session = Session::pooled(&client);
    match on(session, &plan, &mut write).await {
        Ok(Outcome::Written) => Ok(()),
        Ok(Outcome::Refused) => {
            drop(client);
            Err(refused(store, table, &write).await?)
        }
        Err(error) => {
            if is_clash(&error) {
                return Err(clash(store.place(), session, &plan, &error).await);
            }
            if error.code() == Some(SqlState::UNDEFINED_TABLE) {
                return Err(ViewStoreError::not_open(table));
            }
            Err(store.place().postgres(DOING, &error).into())
        }
    }
}

/// Of the rows of one key the last one counts, and what is written anew is not removed.
fn once_each(plan: &Plan, write: &mut ViewWrite) {
    let mut last: HashMap<Value, usize> = HashMap::new();
    for (place, row) in write.upserts.iter().enumerate() {
        last.insert(plan.key_of(row).clone(), place);
    }
    let mut place = 0;
    write.upserts.retain(|row| {
        let is_last = last.get(plan.key_of(row)) == Some(&place);
        place += 1;
        is_last
    });
    let deletes: HashSet<Value> = write
        .deletes
        .drain(..)
        .map(|key| plan.stored_key(key))
        .filter(|key| key.column_type() == Some(plan.key_type) && !last.contains_key(key))
        .collect();
    write.deletes.extend(deletes);
}

/// Writes, with a statement that is a transaction of its own where none is open.
pub(crate) async fn on(
    session: Session<'_>,
    plan: &Plan,
    write: &mut ViewWrite,
) -> Result<Outcome, session::Error> {
    once_each(plan, write);
    let table = &plan.table;
    let columns = written(table);
    let (from, to) = (signed(write.from.as_raw()), signed(write.to.as_raw()));
    let version = i64::from(table.version);
    let term = write.term.map(signed);
    let outbox_term = write.outbox_term.map(signed);
    let deletes: Vec<Bound<'_>> = write.deletes.iter().map(Bound).collect();
    let one = Value::Boolean(true);
    let is_global = table.key_column().is_none();
    let lists: Vec<Vec<Bound<'_>>> = (0..columns.len())
        .map(|place| {
            let value = |row: &'_ Row| {
                match (is_global, place) {
                    (true, 0) => None,
                    (true, place) => Some(place - 1),
                    (false, place) => Some(place),
                }
                .map(|place| place.min(row.len()))
            };
            write
                .upserts
                .iter()
                .map(|row| {
                    let place = value(row);
                    Bound(place.and_then(|place| row.get(place)).unwrap_or(&one))
                })
                .collect()
        })
        .collect();
    let sends = Sends::of(write);
    let mut parameters: Vec<&(dyn ToSql + Sync)> =
        Vec::with_capacity(BEFORE_ROWS + lists.len() + OF_OUTBOX);
    parameters.extend([&from as &(dyn ToSql + Sync), &to, &table.name, &version]);
    parameters.extend([&table.shadow as &(dyn ToSql + Sync), &term, &deletes]);
    parameters.push(&outbox_term);
    parameters.extend(lists.iter().map(|list| list as &(dyn ToSql + Sync)));
    let statement = if let Some(sends) = &sends {
        parameters.extend(sends.parameters());
        &plan.write_and_send
    } else {
        &plan.write
    };
    let moved: i64 = session
        .query_one(statement, &parameters)
        .await?
        .try_get(0)?;
    Ok(if moved == 1 {
        Outcome::Written
    } else {
        Outcome::Refused
    })
}

/// Why nothing was written: the first error is the answer, the second one that it could not be found out.
async fn refused(
    store: &PostgresStore,
    table: &ViewTable,
    write: &ViewWrite,
) -> Result<ViewStoreError, ViewStoreError> {
    let state = tables::state(store, table).await?;
    // Under the term and at the checkpoint that it has, it was the outbox's that has ended.
    let of_outbox = write.outbox_term.is_some() && state.checkpoint == write.from;
    Ok(
        if of_outbox || write.term.is_some_and(|term| term != state.term) {
            ViewStoreError::Deposed {
                projection: table.name.clone(),
            }
        } else {
            ViewStoreError::Fenced {
                projection: table.name.clone(),
                expected: write.from,
                actual: state.checkpoint,
            }
        },
    )
}

/// Whether a write would lead to two rows with one value in a unique column.
pub(crate) fn is_clash(error: &session::Error) -> bool {
    error.code() == Some(SqlState::UNIQUE_VIOLATION)
}

/// The error for two rows with one value: the constraint's name leads to the column. What was written has to be undone before.
pub(crate) async fn clash(
    place: &Place,
    session: Session<'_>,
    plan: &Plan,
    error: &session::Error,
) -> ViewStoreError {
    let constraint = error.constraint();
    let found = session
        .query(
            "SELECT a.attname::text FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
             WHERE c.conrelid = to_regclass($1) AND c.conname = $2",
            &[&plan.target, &constraint],
        )
        .await;
    let column = found.ok().and_then(|rows| rows.first()?.try_get(0).ok());
    match column {
        Some(column) => ViewStoreError::Constraint {
            projection: plan.table.name.clone(),
            column,
        },
        None => place.postgres(DOING, error).into(),
    }
}
