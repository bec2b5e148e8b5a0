//! The read models of a store in memory with one part of them replaced.

use std::sync::Arc;
use std::time::Duration;

use eventsource_core::store::{
    BoxFuture, EventStore, Lease, OutboxEntry, OutboxQuery, OutboxStatus, Query, Resolution, Row,
    Skip, Stop, TableRecord, TableVersion, Value, ViewStore, ViewStoreError, ViewTable, ViewWrite,
};
use eventsource_core::{MemoryStore, Position};
use uuid::Uuid;

use crate::defect::Defect;

pub type Answer<'a, T> = BoxFuture<'a, Result<T, ViewStoreError>>;

/// What is flawed: an implementation replaces some of these methods, and `inner` is sound.
pub trait Flaw: Default + Send + Sync + 'static {
    fn open<'a>(&'a self, inner: &'a dyn ViewStore, table: &'a ViewTable) -> Answer<'a, Position> {
        inner.open(table)
    }

    fn write<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        write: ViewWrite,
    ) -> Answer<'a, ()> {
        inner.write(table, write)
    }

    fn query<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        query: Query,
    ) -> Answer<'a, Vec<Row>> {
        inner.query(table, query)
    }

    fn remove<'a>(&'a self, inner: &'a dyn ViewStore, name: &'a str) -> Answer<'a, ()> {
        inner.remove(name)
    }

    fn record<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
    ) -> Answer<'a, TableRecord> {
        inner.record(table)
    }

    fn put_stop<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        term: Option<u64>,
        stop: Stop,
    ) -> Answer<'a, ()> {
        inner.put_stop(table, term, stop)
    }

    fn remove_version<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        name: &'a str,
        version: u32,
    ) -> Answer<'a, bool> {
        inner.remove_version(name, version)
    }

    fn lease_outbox<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        process: &'a str,
        holder: Uuid,
        time: Duration,
    ) -> Answer<'a, Lease> {
        inner.lease_outbox(process, holder, time)
    }

    fn passed<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
    ) -> Answer<'a, Position> {
        inner.passed(table)
    }

    fn lease<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        holder: Uuid,
        time: Duration,
    ) -> Answer<'a, Lease> {
        inner.lease(table, holder, time)
    }

    fn renew<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        holder: Uuid,
        time: Duration,
    ) -> Answer<'a, ()> {
        inner.renew(holder, time)
    }

    fn release<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        holder: Uuid,
    ) -> Answer<'a, ()> {
        inner.release(table, holder)
    }

    fn take_over<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        holder: Uuid,
        time: Duration,
    ) -> Answer<'a, ()> {
        inner.take_over(table, holder, time)
    }

    fn promote<'a>(&'a self, inner: &'a dyn ViewStore, shadow: &'a ViewTable) -> Answer<'a, bool> {
        inner.promote(shadow)
    }

    fn discard<'a>(&'a self, inner: &'a dyn ViewStore, shadow: &'a ViewTable) -> Answer<'a, ()> {
        inner.discard(shadow)
    }

    fn skip<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        skip: Skip,
    ) -> Answer<'a, ()> {
        inner.skip(table, skip)
    }

    fn outbox<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        process: &'a str,
        query: OutboxQuery,
    ) -> Answer<'a, Vec<OutboxEntry>> {
        inner.outbox(process, query)
    }

    fn resolve<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        process: &'a str,
        id: Uuid,
        resolution: Resolution,
    ) -> Answer<'a, bool> {
        inner.resolve(process, id, resolution)
    }

    fn make_immediate<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
    ) -> Answer<'a, ()> {
        inner.make_immediate(table)
    }

    fn make_eventual<'a>(&'a self, inner: &'a dyn ViewStore, name: &'a str) -> Answer<'a, ()> {
        inner.make_eventual(name)
    }
}

/// The store whose read models have this flaw.
#[derive(Default)]
pub struct Flawed<F>(std::marker::PhantomData<F>);

impl<F: Flaw> Defect for Flawed<F> {
    fn views(inner: &MemoryStore) -> Option<Arc<dyn ViewStore>> {
        Some(Arc::new(Views {
            inner: inner.views()?,
            flaw: F::default(),
        }))
    }
}

struct Views<F> {
    inner: Arc<dyn ViewStore>,
    flaw: F,
}

impl<F: Flaw> ViewStore for Views<F> {
    fn open<'a>(&'a self, table: &'a ViewTable) -> Answer<'a, Position> {
        self.flaw.open(&*self.inner, table)
    }

    fn checkpoint<'a>(&'a self, table: &'a ViewTable) -> Answer<'a, Position> {
        self.inner.checkpoint(table)
    }

    fn rows<'a>(&'a self, table: &'a ViewTable, keys: Vec<Value>) -> Answer<'a, Vec<Option<Row>>> {
        self.inner.rows(table, keys)
    }

    fn write<'a>(&'a self, table: &'a ViewTable, write: ViewWrite) -> Answer<'a, ()> {
        self.flaw.write(&*self.inner, table, write)
    }

    fn query<'a>(&'a self, table: &'a ViewTable, query: Query) -> Answer<'a, Vec<Row>> {
        self.flaw.query(&*self.inner, table, query)
    }

    fn remove<'a>(&'a self, name: &'a str) -> Answer<'a, ()> {
        self.flaw.remove(&*self.inner, name)
    }

    fn record<'a>(&'a self, table: &'a ViewTable) -> Answer<'a, TableRecord> {
        self.flaw.record(&*self.inner, table)
    }

    fn put_stop<'a>(
        &'a self,
        table: &'a ViewTable,
        term: Option<u64>,
        stop: Stop,
    ) -> Answer<'a, ()> {
        self.flaw.put_stop(&*self.inner, table, term, stop)
    }

    fn remove_version<'a>(&'a self, name: &'a str, version: u32) -> Answer<'a, bool> {
        self.flaw.remove_version(&*self.inner, name, version)
    }

    fn versions<'a>(&'a self, name: &'a str) -> Answer<'a, Vec<TableVersion>> {
        self.inner.versions(name)
    }

    fn lease_outbox<'a>(
        &'a self,
        process: &'a str,
        holder: Uuid,
        time: Duration,
    ) -> Answer<'a, Lease> {
        self.flaw.lease_outbox(&*self.inner, process, holder, time)
    }

    fn release_outbox<'a>(&'a self, process: &'a str, holder: Uuid) -> Answer<'a, ()> {
        self.inner.release_outbox(process, holder)
    }

    fn passed<'a>(&'a self, table: &'a ViewTable) -> Answer<'a, Position> {
        self.flaw.passed(&*self.inner, table)
    }

    fn lease<'a>(
        &'a self,
        table: &'a ViewTable,
        holder: Uuid,
        time: Duration,
    ) -> Answer<'a, Lease> {
        self.flaw.lease(&*self.inner, table, holder, time)
    }

    fn take_over<'a>(
        &'a self,
        table: &'a ViewTable,
        holder: Uuid,
        time: Duration,
    ) -> Answer<'a, ()> {
        self.flaw.take_over(&*self.inner, table, holder, time)
    }

    fn renew(&self, holder: Uuid, time: Duration) -> Answer<'_, ()> {
        self.flaw.renew(&*self.inner, holder, time)
    }

    fn release<'a>(&'a self, table: &'a ViewTable, holder: Uuid) -> Answer<'a, ()> {
        self.flaw.release(&*self.inner, table, holder)
    }

    fn promote<'a>(&'a self, shadow: &'a ViewTable) -> Answer<'a, bool> {
        self.flaw.promote(&*self.inner, shadow)
    }

    fn discard<'a>(&'a self, shadow: &'a ViewTable) -> Answer<'a, ()> {
        self.flaw.discard(&*self.inner, shadow)
    }

    fn skip<'a>(&'a self, table: &'a ViewTable, skip: Skip) -> Answer<'a, ()> {
        self.flaw.skip(&*self.inner, table, skip)
    }

    fn skips<'a>(&'a self, table: &'a ViewTable) -> Answer<'a, Vec<Skip>> {
        self.inner.skips(table)
    }

    fn outbox<'a>(&'a self, process: &'a str, query: OutboxQuery) -> Answer<'a, Vec<OutboxEntry>> {
        self.flaw.outbox(&*self.inner, process, query)
    }

    fn outbox_status<'a>(&'a self, process: &'a str) -> Answer<'a, OutboxStatus> {
        self.inner.outbox_status(process)
    }

    fn resolve<'a>(
        &'a self,
        process: &'a str,
        id: Uuid,
        resolution: Resolution,
    ) -> Answer<'a, bool> {
        self.flaw.resolve(&*self.inner, process, id, resolution)
    }

    fn make_immediate<'a>(&'a self, table: &'a ViewTable) -> Answer<'a, ()> {
        self.flaw.make_immediate(&*self.inner, table)
    }

    fn make_eventual<'a>(&'a self, name: &'a str) -> Answer<'a, ()> {
        self.flaw.make_eventual(&*self.inner, name)
    }
}
