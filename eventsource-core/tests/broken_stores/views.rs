//! Defects of read models: rows in one transaction, their checkpoint in another.

use std::sync::Arc;

use eventsource_core::store::{
    BoxFuture, EventStore, Query, Row, Value, ViewStore, ViewStoreError, ViewTable, ViewWrite,
};
use eventsource_core::{MemoryStore, Position};

use crate::defect::Defect;

/// Writes the rows, then the checkpoint.
#[derive(Default)]
pub struct LateCheckpoint;

impl Defect for LateCheckpoint {
    fn views(inner: &MemoryStore) -> Option<Arc<dyn ViewStore>> {
        Some(Arc::new(TwoTransactions {
            inner: inner.views()?,
            rows_first: true,
        }))
    }
}

/// Writes the checkpoint, then the rows.
#[derive(Default)]
pub struct EarlyCheckpoint;

impl Defect for EarlyCheckpoint {
    fn views(inner: &MemoryStore) -> Option<Arc<dyn ViewStore>> {
        Some(Arc::new(TwoTransactions {
            inner: inner.views()?,
            rows_first: false,
        }))
    }
}

struct TwoTransactions {
    inner: Arc<dyn ViewStore>,
    rows_first: bool,
}

impl ViewStore for TwoTransactions {
    fn open<'a>(&'a self, table: &'a ViewTable) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        self.inner.open(table)
    }

    fn checkpoint<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        self.inner.checkpoint(table)
    }

    fn rows<'a>(
        &'a self,
        table: &'a ViewTable,
        keys: Vec<Value>,
    ) -> BoxFuture<'a, Result<Vec<Option<Row>>, ViewStoreError>> {
        self.inner.rows(table, keys)
    }

    fn write<'a>(
        &'a self,
        table: &'a ViewTable,
        mut write: ViewWrite,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            let (from, to) = (write.from, write.to);
            let checkpoint = ViewWrite::new(from, to);
            if self.rows_first {
                write.to = from;
                self.inner.write(table, write).await?;
                tokio::task::yield_now().await;
                self.inner.write(table, checkpoint).await
            } else {
                self.inner.write(table, checkpoint).await?;
                write.from = to;
                self.inner.write(table, write).await
            }
        })
    }

    fn query<'a>(
        &'a self,
        table: &'a ViewTable,
        query: Query,
    ) -> BoxFuture<'a, Result<Vec<Row>, ViewStoreError>> {
        self.inner.query(table, query)
    }

    fn remove<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        self.inner.remove(name)
    }
}
