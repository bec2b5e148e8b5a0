//! Read models: a table for each version of a projection, and an SQL view under its name.
//!
//! The rows of projection `balances`, version 1, are in the table `balances@1`; the view `balances` shows those of the highest version, so that any
//! SQL tool reads them by that name. A shadow, which a rebuild fills, is `balances@1#`. No projection has an `@` in its name, so the store's own
//! tables, `@projections` and others, are nobody's. Names that are longer than PostgreSQL's 63 bytes end in a hash.

mod immediate;
mod lease;
mod names;
mod outbox;
pub(crate) mod plan;
pub(crate) mod query;
mod record;
mod removing;
mod shown;
mod skip;
mod tables;
mod value;
pub(crate) mod write;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use eventsource_core::Position;
use eventsource_core::store::{
    BoxFuture, EventStore, Lease, OutboxEntry, OutboxQuery, OutboxStatus, Query, Resolution, Row,
    Skip, Stop, StoreError, StoreErrorKind, TableRecord, TableVersion, Value, ViewStore,
    ViewStoreError, ViewTable, ViewWrite,
};
use uuid::Uuid;

use self::plan::Plan;
use crate::PostgresStore;
use crate::error::Place;
use crate::sql::quoted;

/// The plans of the tables that this store was asked for, and the schema that they are in.
#[derive(Debug)]
pub(crate) struct Views {
    /// The schema's name.
    name: String,
    /// The same, quoted.
    schema: String,
    /// The schema of the log, quoted.
    log: String,
    plans: Mutex<HashMap<(String, u32, bool), Arc<Plan>>>,
}

impl Views {
    pub(crate) fn new(schema: &str, log: &str) -> Self {
        Self {
            name: schema.to_owned(),
            schema: quoted(schema),
            log: quoted(log),
            plans: Mutex::default(),
        }
    }

    /// A statement on the store's own tables, in which `@` stands for the schema and `&` for that of the log.
    pub(crate) fn own(&self, sql: &str) -> String {
        sql.replace("@.", &format!("{}.", self.schema))
            .replace("&.", &format!("{}.", self.log))
    }

    /// The schema's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn of(&self, place: &Place, table: &ViewTable) -> Result<Arc<Plan>, ViewStoreError> {
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (table.name.clone(), table.version, table.shadow);
        if let Some(plan) = plans.get(&key)
            && plan.table == *table
        {
            return Ok(Arc::clone(plan));
        }
        let plan = Arc::new(Plan::new(place, &self.schema, table)?);
        plans.insert(key, Arc::clone(&plan));
        Ok(plan)
    }
}

impl PostgresStore {
    fn plan(&self, table: &ViewTable) -> Result<Arc<Plan>, ViewStoreError> {
        self.writer().check_open()?;
        self.view_tables().of(self.place(), table)
    }
}

impl ViewStore for PostgresStore {
    fn prepare_views(&self, migrate: bool) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(self.prepare(migrate))
    }

    fn open<'a>(&'a self, table: &'a ViewTable) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        Box::pin(tables::open(self, table))
    }

    fn checkpoint<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        Box::pin(async move { Ok(tables::state(self, table).await?.checkpoint) })
    }

    fn record<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<TableRecord, ViewStoreError>> {
        Box::pin(record::record(self, table))
    }

    fn put_stop<'a>(
        &'a self,
        table: &'a ViewTable,
        term: Option<u64>,
        stop: Stop,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move { record::put_stop(self, table, term, &stop).await })
    }

    fn rows<'a>(
        &'a self,
        table: &'a ViewTable,
        keys: Vec<Value>,
    ) -> BoxFuture<'a, Result<Vec<Option<Row>>, ViewStoreError>> {
        Box::pin(query::rows(self, table, keys))
    }

    fn write<'a>(
        &'a self,
        table: &'a ViewTable,
        write: ViewWrite,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(write::write(self, table, write))
    }

    fn query<'a>(
        &'a self,
        table: &'a ViewTable,
        query: Query,
    ) -> BoxFuture<'a, Result<Vec<Row>, ViewStoreError>> {
        Box::pin(query::query(self, table, query))
    }

    fn remove<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(removing::remove(self, name))
    }

    fn remove_version<'a>(
        &'a self,
        name: &'a str,
        version: u32,
    ) -> BoxFuture<'a, Result<bool, ViewStoreError>> {
        Box::pin(removing::remove_version(self, name, version))
    }

    fn versions<'a>(
        &'a self,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Vec<TableVersion>, ViewStoreError>> {
        Box::pin(record::versions(self, name))
    }

    fn passed<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        Box::pin(async move { Ok(tables::state(self, table).await?.passed) })
    }

    fn lease<'a>(
        &'a self,
        table: &'a ViewTable,
        holder: Uuid,
        time: Duration,
    ) -> BoxFuture<'a, Result<Lease, ViewStoreError>> {
        Box::pin(lease::ask(self, table, holder, time))
    }

    fn take_over<'a>(
        &'a self,
        table: &'a ViewTable,
        holder: Uuid,
        time: Duration,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(lease::take_over(self, table, holder, time))
    }

    fn renew(&self, holder: Uuid, time: Duration) -> BoxFuture<'_, Result<(), ViewStoreError>> {
        Box::pin(lease::renew(self, holder, time))
    }

    fn release<'a>(
        &'a self,
        table: &'a ViewTable,
        holder: Uuid,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(lease::release(self, table, holder))
    }

    fn promote<'a>(&'a self, shadow: &'a ViewTable) -> BoxFuture<'a, Result<bool, ViewStoreError>> {
        Box::pin(tables::promote(self, shadow))
    }

    fn discard<'a>(&'a self, shadow: &'a ViewTable) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(tables::discard(self, shadow))
    }

    fn skip<'a>(
        &'a self,
        table: &'a ViewTable,
        skip: Skip,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(skip::skip(self, table, skip))
    }

    fn skips<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Vec<Skip>, ViewStoreError>> {
        Box::pin(skip::skips(self, table))
    }

    fn outbox<'a>(
        &'a self,
        process: &'a str,
        query: OutboxQuery,
    ) -> BoxFuture<'a, Result<Vec<OutboxEntry>, ViewStoreError>> {
        Box::pin(outbox::entries(self, process, query))
    }

    fn outbox_status<'a>(
        &'a self,
        process: &'a str,
    ) -> BoxFuture<'a, Result<OutboxStatus, ViewStoreError>> {
        Box::pin(outbox::status(self, process))
    }

    fn lease_outbox<'a>(
        &'a self,
        process: &'a str,
        holder: Uuid,
        time: Duration,
    ) -> BoxFuture<'a, Result<Lease, ViewStoreError>> {
        Box::pin(lease::ask_outbox(self, process, holder, time))
    }

    fn release_outbox<'a>(
        &'a self,
        process: &'a str,
        holder: Uuid,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(lease::release_outbox(self, process, holder))
    }

    fn resolve<'a>(
        &'a self,
        process: &'a str,
        id: Uuid,
        resolution: Resolution,
    ) -> BoxFuture<'a, Result<bool, ViewStoreError>> {
        Box::pin(outbox::resolve(self, process, id, resolution))
    }

    fn make_immediate<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(immediate::make_immediate(self, table))
    }

    fn make_eventual<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(immediate::make_eventual(self, name))
    }
}

/// A request that breaks a rule of every store.
fn invalid(place: &Place, what: String) -> ViewStoreError {
    ViewStoreError::Store(place.error(StoreErrorKind::Invalid, what))
}
