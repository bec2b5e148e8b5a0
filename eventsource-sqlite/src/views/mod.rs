//! Read models: a table for each version of a projection, and a view of SQL under its name.
//!
//! The rows of projection `balances`, version 1, are in the table `balances@1`; the view `balances` shows those of the highest version, so
//! that any SQL tool reads them by that name. While they are built anew, the new ones are in `balances@1@shadow`. No projection can be called `balances@1`, since names have no `@`. One whose name begins as SQLite's
//! or the store's own tables do (`sqlite_`, `eventsource_`) has an `@` before its name: `@sqlite_usage`, `@sqlite_usage@1`.

pub(crate) mod change;
mod index;
mod lease;
mod outbox;
pub(crate) mod plan;
pub(crate) mod query;
mod record;
pub(crate) mod skip;
pub(crate) mod table;
mod value;
pub(crate) mod write;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use eventsource_core::Position;
use eventsource_core::store::{
    self, BoxFuture, EventStore, Lease, OutboxEntry, OutboxQuery, OutboxStatus, Query, Resolution,
    Row, Skip, StoreError, StoreErrorKind, TableRecord, TableVersion, Value, ViewStore,
    ViewStoreError, ViewTable, ViewWrite,
};
use rusqlite::Connection;
use uuid::Uuid;

use self::change::{Stop, ViewChange};
use self::plan::Plan;
use crate::SqliteStore;
use crate::error::Place;
use crate::read::INLINE_ROWS;

type PlanId = (String, u32, bool);

/// The plans of the tables that this store was asked for, by name, version and whether it is a shadow.
#[derive(Debug, Default)]
pub(crate) struct Plans(Mutex<HashMap<PlanId, Arc<Plan>>>);

impl Plans {
    fn of(&self, store: &SqliteStore, table: &ViewTable) -> Result<Arc<Plan>, ViewStoreError> {
        let mut plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (table.name.clone(), table.version, table.shadow);
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

impl SqliteStore {
    /// The statements of this table.
    pub(crate) fn plan(&self, table: &ViewTable) -> Result<Arc<Plan>, ViewStoreError> {
        self.writer().check_open()?;
        self.plans().of(self, table)
    }

    /// Has a change made in a transaction of the writer, whole or not at all.
    async fn change<T, W>(&self, work: W) -> Result<T, ViewStoreError>
    where
        T: Send + 'static,
        W: Fn(&Place, &Connection) -> Result<T, Stop> + Send + 'static,
    {
        let (change, answer) = ViewChange::new(work);
        self.writer().view(change).await?;
        answer.take(self.place())
    }

    /// The change of a table, by its plan.
    async fn change_of<T, W>(&self, table: &ViewTable, work: W) -> Result<T, ViewStoreError>
    where
        T: Send + 'static,
        W: Fn(&Place, &Connection, &Plan) -> Result<T, Stop> + Send + 'static,
    {
        let plan = self.plan(table)?;
        self.change(move |place, connection| work(place, connection, &plan))
            .await
    }

    /// What is on record for a table, which must be there.
    async fn record_of<T, R>(&self, table: &ViewTable, read: R) -> Result<T, ViewStoreError>
    where
        T: Send + 'static,
        R: Fn(&Connection, &ViewTable) -> Result<Option<T>, rusqlite::Error> + Send + 'static,
    {
        let plan = self.plan(table)?;
        let found = self
            .reading()
            .once(move |place, connection| {
                read(connection, &plan.table)
                    .map_err(|error| place.sqlite("reading what is kept of a read model", error))
            })
            .await?;
        found.ok_or_else(|| ViewStoreError::not_open(table))
    }

    /// What was read of a table, or that there is no such table.
    async fn found<T>(
        &self,
        table: &ViewTable,
        read: Result<T, StoreError>,
    ) -> Result<T, ViewStoreError> {
        match read {
            Ok(found) => Ok(found),
            Err(error) if error.kind() == StoreErrorKind::Closed => Err(error.into()),
            // Where the table is not there, that is why.
            Err(error) => match self.record_of(table, record::read).await {
                Err(not_open @ ViewStoreError::NotOpen { .. }) => Err(not_open),
                _ => Err(error.into()),
            },
        }
    }

    /// A name of a process manager, of an open store.
    fn process(&self, name: &str) -> Result<String, ViewStoreError> {
        self.writer().check_open()?;
        plan::check_name(self.place(), name)?;
        Ok(name.to_owned())
    }
}

impl ViewStore for SqliteStore {
    fn prepare_views(&self, migrate: bool) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(self.prepare(migrate))
    }

    fn open<'a>(&'a self, table: &'a ViewTable) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        Box::pin(async move {
            let plan = self.plan(table)?;
            // A table that is there already costs no write: a program that may only read can open it.
            let known = Arc::clone(&plan);
            let found = self
                .reading()
                .once(move |place, connection| Ok(table::opened(place, connection, &known.table)))
                .await?;
            match found? {
                Some(checkpoint) => Ok(checkpoint),
                None => self.change_of(table, table::open).await,
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
                    table::checkpoint(connection, &plan.table)
                        .map_err(|error| place.sqlite("reading a checkpoint", error))
                })
                .await?;
            Ok(checkpoint.unwrap_or(Position::START))
        })
    }

    fn record<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<TableRecord, ViewStoreError>> {
        Box::pin(self.record_of(table, record::read))
    }

    fn put_stop<'a>(
        &'a self,
        table: &'a ViewTable,
        term: Option<u64>,
        stop: store::Stop,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(self.change_of(table, move |_, connection, plan| {
            record::stop(connection, &plan.table, term, &stop)
        }))
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
            let found = if short {
                self.reading().once(read).await
            } else {
                self.reading().once_blocking(read).await
            };
            self.found(table, found).await
        })
    }

    fn write<'a>(
        &'a self,
        table: &'a ViewTable,
        write: ViewWrite,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            self.plan(table)?.check(self.place(), &write)?;
            self.change_of(table, move |place, connection, plan| {
                write::write(place, connection, plan, &write)
            })
            .await
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
            let found = self.reading().once_blocking(read).await;
            self.found(table, found).await
        })
    }

    fn remove<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            let name = self.process(name)?;
            self.change(move |_, connection| table::remove(connection, &name))
                .await
        })
    }

    fn remove_version<'a>(
        &'a self,
        name: &'a str,
        version: u32,
    ) -> BoxFuture<'a, Result<bool, ViewStoreError>> {
        Box::pin(async move {
            let name = self.process(name)?;
            self.change(move |_, connection| table::remove_version(connection, &name, version))
                .await
        })
    }

    fn versions<'a>(
        &'a self,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Vec<TableVersion>, ViewStoreError>> {
        Box::pin(async move {
            let name = self.process(name)?;
            let read = move |place: &Place, connection: &Connection| {
                record::versions(connection, &name)
                    .map_err(|error| place.sqlite("reading what is kept of a read model", error))
            };
            Ok(self.reading().once(read).await?)
        })
    }

    fn passed<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        Box::pin(self.record_of(table, table::passed))
    }

    fn lease<'a>(
        &'a self,
        table: &'a ViewTable,
        holder: Uuid,
        time: Duration,
    ) -> BoxFuture<'a, Result<Lease, ViewStoreError>> {
        Box::pin(self.change_of(table, move |_, connection, plan| {
            lease::ask(connection, &plan.table, holder, time)
        }))
    }

    fn take_over<'a>(
        &'a self,
        table: &'a ViewTable,
        holder: Uuid,
        time: Duration,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(self.change_of(table, move |_, connection, plan| {
            lease::take_over(connection, &plan.table, holder, time)
        }))
    }

    fn renew(&self, holder: Uuid, time: Duration) -> BoxFuture<'_, Result<(), ViewStoreError>> {
        Box::pin(self.change(move |_, connection| lease::renew(connection, holder, time)))
    }

    fn release<'a>(
        &'a self,
        table: &'a ViewTable,
        holder: Uuid,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(self.change_of(table, move |_, connection, plan| {
            lease::release(connection, &plan.table, holder)
        }))
    }

    fn promote<'a>(&'a self, shadow: &'a ViewTable) -> BoxFuture<'a, Result<bool, ViewStoreError>> {
        Box::pin(async move {
            let served = self.plan(&shadow.served())?;
            self.change_of(&shadow.shadow(), move |_, connection, shadow| {
                table::promote(connection, shadow, &served)
            })
            .await
        })
    }

    fn discard<'a>(&'a self, shadow: &'a ViewTable) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            self.change_of(&shadow.shadow(), |_, connection, shadow| {
                table::discard(connection, shadow)
            })
            .await
        })
    }

    fn skip<'a>(
        &'a self,
        table: &'a ViewTable,
        skip: Skip,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            plan::check_position(self.place(), table, skip.position)?;
            let shadow = self.plan(&table.shadow())?;
            self.change_of(&table.served(), move |_, connection, served| {
                skip::add(connection, &served.table, &shadow, &skip)
            })
            .await
        })
    }

    fn skips<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Vec<Skip>, ViewStoreError>> {
        Box::pin(async move { self.record_of(&table.served(), skip::all).await })
    }

    fn outbox<'a>(
        &'a self,
        process: &'a str,
        query: OutboxQuery,
    ) -> BoxFuture<'a, Result<Vec<OutboxEntry>, ViewStoreError>> {
        Box::pin(async move {
            let process = self.process(process)?;
            let read = move |place: &_, connection: &_| {
                outbox::entries(place, connection, &process, query)
            };
            Ok(self.reading().once_blocking(read).await?)
        })
    }

    fn outbox_status<'a>(
        &'a self,
        process: &'a str,
    ) -> BoxFuture<'a, Result<OutboxStatus, ViewStoreError>> {
        Box::pin(async move {
            let process = self.process(process)?;
            let read = move |place: &Place, connection: &_| {
                outbox::status(connection, &process)
                    .map_err(|error| place.sqlite("reading an outbox", error))
            };
            Ok(self.reading().once_blocking(read).await?)
        })
    }

    fn lease_outbox<'a>(
        &'a self,
        process: &'a str,
        holder: Uuid,
        time: Duration,
    ) -> BoxFuture<'a, Result<Lease, ViewStoreError>> {
        Box::pin(async move {
            let process = self.process(process)?;
            self.change(move |_, connection| lease::ask_outbox(connection, &process, holder, time))
                .await
        })
    }

    fn release_outbox<'a>(
        &'a self,
        process: &'a str,
        holder: Uuid,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            let process = self.process(process)?;
            self.change(move |_, connection| lease::release_outbox(connection, &process, holder))
                .await
        })
    }

    fn resolve<'a>(
        &'a self,
        process: &'a str,
        id: Uuid,
        resolution: Resolution,
    ) -> BoxFuture<'a, Result<bool, ViewStoreError>> {
        Box::pin(async move {
            let process = self.process(process)?;
            self.change(move |place, connection| {
                outbox::resolve(place, connection, &process, id, resolution)
            })
            .await
        })
    }

    fn make_immediate<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            // Where it is so already, nothing is written: a program that may only read can start.
            if self.record_of(table, table::is_immediate).await? {
                return Ok(());
            }
            self.change_of(table, |_, connection, plan| {
                table::make_immediate(connection, &plan.table)
            })
            .await
        })
    }

    fn make_eventual<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            let name = self.process(name)?;
            let asked = name.clone();
            let has_immediate = self
                .reading()
                .once(move |place, connection| {
                    table::has_immediate(connection, &asked).map_err(|error| {
                        place.sqlite("reading what is kept of a read model", error)
                    })
                })
                .await?;
            // Nearly every start finds nothing to write.
            if !has_immediate {
                return Ok(());
            }
            self.change(move |_, connection| table::make_eventual(connection, &name))
                .await
        })
    }
}

/// A request that breaks a rule of every store.
fn invalid(place: &Place, what: String) -> ViewStoreError {
    place.error(StoreErrorKind::Invalid, what).into()
}
