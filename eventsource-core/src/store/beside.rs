//! A log in one store, and its read models in another.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::view::{
    Lease, OutboxEntry, OutboxQuery, OutboxStatus, Query, Resolution, Row, Skip, Stop, TableRecord,
    TableVersion, Value, ViewStore, ViewStoreError, ViewTable, ViewWrite,
};
use super::{
    AnyStore, AppendError, BoxFuture, Commit, CommitRecord, Committed, EventStore, ReadLog,
    ReadStream, StoreError, Visitor,
};
use crate::Position;

/// The events of the one, the read models of the other.
pub(super) struct Beside {
    pub(super) log: AnyStore,
    pub(super) views: AnyStore,
}

impl EventStore for Beside {
    async fn prepare(&self, migrate: bool) -> Result<(), StoreError> {
        self.log.prepare(migrate).await?;
        self.views.prepare(migrate).await
    }

    async fn append(&self, commit: Commit) -> Result<Committed, AppendError> {
        self.log.append(commit).await
    }

    async fn find_commit(&self, id: Uuid) -> Result<Option<CommitRecord>, StoreError> {
        self.log.find_commit(id).await
    }

    async fn read_stream<V: Visitor>(&self, read: ReadStream, visitor: V) -> Result<V, StoreError> {
        self.log.read_stream(read, visitor).await
    }

    async fn read_log<V: Visitor>(&self, read: ReadLog, visitor: V) -> Result<V, StoreError> {
        self.log.read_log(read, visitor).await
    }

    async fn head(&self) -> Result<Position, StoreError> {
        self.log.head().await
    }

    async fn wait(&self, after: Position) {
        self.log.wait(after).await;
    }

    async fn types(&self) -> Result<Vec<(String, u16)>, StoreError> {
        self.log.types().await
    }

    fn views(&self) -> Option<Arc<dyn ViewStore>> {
        let views = self.views.views()?;
        Some(Arc::new(Elsewhere(views)))
    }

    async fn close(&self) -> Result<(), StoreError> {
        // The log first, so that nobody waits for a read model of what is appended meanwhile.
        let closed = self.log.close().await;
        self.views.close().await.and(closed)
    }
}

/// Read models whose events are elsewhere: no append can fold them.
struct Elsewhere(Arc<dyn ViewStore>);

impl ViewStore for Elsewhere {
    fn prepare_views(&self, migrate: bool) -> BoxFuture<'_, Result<(), StoreError>> {
        self.0.prepare_views(migrate)
    }

    fn open<'a>(&'a self, table: &'a ViewTable) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        self.0.open(table)
    }

    fn checkpoint<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        self.0.checkpoint(table)
    }

    fn record<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<TableRecord, ViewStoreError>> {
        self.0.record(table)
    }

    fn put_stop<'a>(
        &'a self,
        table: &'a ViewTable,
        term: Option<u64>,
        stop: Stop,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        self.0.put_stop(table, term, stop)
    }

    fn rows<'a>(
        &'a self,
        table: &'a ViewTable,
        keys: Vec<Value>,
    ) -> BoxFuture<'a, Result<Vec<Option<Row>>, ViewStoreError>> {
        self.0.rows(table, keys)
    }

    fn write<'a>(
        &'a self,
        table: &'a ViewTable,
        write: ViewWrite,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        self.0.write(table, write)
    }

    fn query<'a>(
        &'a self,
        table: &'a ViewTable,
        query: Query,
    ) -> BoxFuture<'a, Result<Vec<Row>, ViewStoreError>> {
        self.0.query(table, query)
    }

    fn remove<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        self.0.remove(name)
    }

    fn remove_version<'a>(
        &'a self,
        name: &'a str,
        version: u32,
    ) -> BoxFuture<'a, Result<bool, ViewStoreError>> {
        self.0.remove_version(name, version)
    }

    fn versions<'a>(
        &'a self,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Vec<TableVersion>, ViewStoreError>> {
        self.0.versions(name)
    }

    fn passed<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        self.0.passed(table)
    }

    fn lease<'a>(
        &'a self,
        table: &'a ViewTable,
        holder: Uuid,
        time: Duration,
    ) -> BoxFuture<'a, Result<Lease, ViewStoreError>> {
        self.0.lease(table, holder, time)
    }

    fn take_over<'a>(
        &'a self,
        table: &'a ViewTable,
        holder: Uuid,
        time: Duration,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        self.0.take_over(table, holder, time)
    }

    fn renew(&self, holder: Uuid, time: Duration) -> BoxFuture<'_, Result<(), ViewStoreError>> {
        self.0.renew(holder, time)
    }

    fn release<'a>(
        &'a self,
        table: &'a ViewTable,
        holder: Uuid,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        self.0.release(table, holder)
    }

    fn promote<'a>(&'a self, shadow: &'a ViewTable) -> BoxFuture<'a, Result<bool, ViewStoreError>> {
        self.0.promote(shadow)
    }

    fn discard<'a>(&'a self, shadow: &'a ViewTable) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        self.0.discard(shadow)
    }

    fn skip<'a>(
        &'a self,
        table: &'a ViewTable,
        skip: Skip,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        self.0.skip(table, skip)
    }

    fn skips<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Vec<Skip>, ViewStoreError>> {
        self.0.skips(table)
    }

    fn outbox<'a>(
        &'a self,
        process: &'a str,
        query: OutboxQuery,
    ) -> BoxFuture<'a, Result<Vec<OutboxEntry>, ViewStoreError>> {
        self.0.outbox(process, query)
    }

    fn outbox_status<'a>(
        &'a self,
        process: &'a str,
    ) -> BoxFuture<'a, Result<OutboxStatus, ViewStoreError>> {
        self.0.outbox_status(process)
    }

    fn lease_outbox<'a>(
        &'a self,
        process: &'a str,
        holder: Uuid,
        time: Duration,
    ) -> BoxFuture<'a, Result<Lease, ViewStoreError>> {
        self.0.lease_outbox(process, holder, time)
    }

    fn release_outbox<'a>(
        &'a self,
        process: &'a str,
        holder: Uuid,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        self.0.release_outbox(process, holder)
    }

    fn resolve<'a>(
        &'a self,
        process: &'a str,
        id: Uuid,
        resolution: Resolution,
    ) -> BoxFuture<'a, Result<bool, ViewStoreError>> {
        self.0.resolve(process, id, resolution)
    }
}
