//! Read models: a table for each version of a projection, and a view of SQL under its name.
//!
//! The rows of projection `balances`, version 1, are in the table `balances@1`; the view `balances` shows those of the highest version, so
//! that any SQL tool reads them by that name. No projection can be called `balances@1`, since names have no `@`. One whose name begins as SQLite's
//! or the store's own tables do (`sqlite_`, `eventsource_`) has an `@` before its name: `@sqlite_usage`, `@sqlite_usage@1`.

pub(crate) mod change;
mod difference;
pub(crate) mod plan;
mod query;
mod value;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use eventsource_core::Position;
use eventsource_core::store::{
    BoxFuture, Query, Row, StoreErrorKind, Value, ViewStore, ViewStoreError, ViewTable, ViewWrite,
};

use self::plan::Plan;
use crate::SqliteStore;
use crate::read::INLINE_ROWS;
use crate::writer::ViewChange;

/// The plans of the tables that this store was asked for, by name and version.
#[derive(Debug, Default)]
pub(crate) struct Plans(Mutex<HashMap<(String, u32), Arc<Plan>>>);

impl Plans {
    fn of(&self, store: &SqliteStore, table: &ViewTable) -> Result<Arc<Plan>, ViewStoreError> {
        let mut plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (table.name.clone(), table.version);
        if let Some(plan) = plans.get(&key)
            && plan.table == *table
        {
            return Ok(Arc::clone(plan));
        }
        let plan = Arc::new(Plan::new(store.place(), table)?);
        plans.insert(key, Arc::clone(&plan));
        Ok(plan)
    }
}

impl ViewStore for SqliteStore {
    fn open<'a>(&'a self, table: &'a ViewTable) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        Box::pin(async move {
            let plan = self.plan(table)?;
            // A table that is there already costs no write: a program that may only read can open it.
            let known = Arc::clone(&plan);
            let found = self
                .reading()
                .once(move |place, connection| Ok(change::opened(place, connection, &known)))
                .await?;
            match found? {
                Some(checkpoint) => Ok(checkpoint),
                None => self.writer().view(ViewChange::Open(plan)).await,
            }
        })
    }

    fn checkpoint<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        Box::pin(async move {
            let plan = self.plan(table)?;
            let checkpoint = self
                .reading()
                .once(move |place, connection| {
                    change::checkpoint(connection, &plan.table)
                        .map_err(|error| place.sqlite("reading a checkpoint", error))
                })
                .await?;
            Ok(checkpoint.unwrap_or(Position::START))
        })
    }

    fn rows<'a>(
        &'a self,
        table: &'a ViewTable,
        keys: Vec<Value>,
    ) -> BoxFuture<'a, Result<Vec<Option<Row>>, ViewStoreError>> {
        Box::pin(async move {
            let plan = self.plan(table)?;
            let short = keys.len() <= INLINE_ROWS;
            let read =
                move |place: &_, connection: &_| query::rows(place, connection, &plan, &keys);
            Ok(if short {
                self.reading().once(read).await?
            } else {
                self.reading().once_blocking(read).await?
            })
        })
    }

    fn write<'a>(
        &'a self,
        table: &'a ViewTable,
        write: ViewWrite,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            let plan = self.plan(table)?;
            plan.check(self.place(), &write)?;
            self.writer()
                .view(ViewChange::Write(plan, write))
                .await
                .map(|_| ())
        })
    }

    fn query<'a>(
        &'a self,
        table: &'a ViewTable,
        query: Query,
    ) -> BoxFuture<'a, Result<Vec<Row>, ViewStoreError>> {
        Box::pin(async move {
            let plan = self.plan(table)?;
            let asked = query::Asked::new(plan, query)?;
            // How many rows its conditions pass over is not known.
            let read = move |place: &_, connection: &_| asked.rows(place, connection);
            Ok(self.reading().once_blocking(read).await?)
        })
    }

    fn remove<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            self.writer().check_open()?;
            plan::check_name(self.place(), name)?;
            self.writer()
                .view(ViewChange::Remove(name.to_owned()))
                .await
                .map(|_| ())
        })
    }
}

impl SqliteStore {
    fn plan(&self, table: &ViewTable) -> Result<Arc<Plan>, ViewStoreError> {
        self.writer().check_open()?;
        self.plans().of(self, table)
    }
}

/// A request that breaks a rule of every store.
fn invalid(place: &crate::error::Place, what: String) -> ViewStoreError {
    ViewStoreError::Store(place.error(StoreErrorKind::Invalid, what))
}
