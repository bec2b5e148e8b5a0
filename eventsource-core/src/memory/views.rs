//! The read models beside the log.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::rows::Rows;
use super::{Content, MemoryStore, check_open, failure};
use crate::Position;
use crate::store::{
    BoxFuture, Query, Row, StoreErrorKind, Value, ViewStore, ViewStoreError, ViewTable, ViewWrite,
};

/// All tables, by name and version.
pub(super) type Tables = BTreeMap<(String, u32), Table>;

pub(super) struct Table {
    made_as: ViewTable,
    checkpoint: Position,
    rows: Rows,
}

/// The read models of one handle of a [`MemoryStore`].
pub(super) struct MemoryViews {
    content: Arc<Content>,
    closed: Arc<AtomicBool>,
}

impl MemoryViews {
    pub(super) fn of(store: &MemoryStore) -> Self {
        Self {
            content: Arc::clone(&store.content),
            closed: Arc::clone(&store.closed),
        }
    }

    /// Works on the table under the lock of all tables: one at a time, whole or not at all.
    fn with<T>(
        &self,
        table: &ViewTable,
        work: impl FnOnce(&mut Table) -> Result<T, ViewStoreError>,
    ) -> Result<T, ViewStoreError> {
        check_open(&self.closed)?;
        let mut tables = self.content.tables();
        match tables.get_mut(&(table.name.clone(), table.version)) {
            Some(found) => work(found),
            None => Err(failure(
                StoreErrorKind::Invalid,
                format!(
                    "projection {} version {} has no table: open it first",
                    table.name, table.version
                ),
            )
            .into()),
        }
    }
}

impl ViewStore for MemoryViews {
    fn open<'a>(&'a self, table: &'a ViewTable) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        Box::pin(async move {
            check_open(&self.closed)?;
            let mut tables = self.content.tables();
            let found = tables
                .entry((table.name.clone(), table.version))
                .or_insert_with(|| Table {
                    made_as: table.clone(),
                    checkpoint: Position::START,
                    rows: Rows::of(table),
                });
            if found.made_as.fingerprint == table.fingerprint {
                Ok(found.checkpoint)
            } else {
                Err(table.changed_since(&found.made_as.description))
            }
        })
    }

    fn checkpoint<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        Box::pin(async move { self.with(table, |found| Ok(found.checkpoint)) })
    }

    fn rows<'a>(
        &'a self,
        table: &'a ViewTable,
        keys: Vec<Value>,
    ) -> BoxFuture<'a, Result<Vec<Option<Row>>, ViewStoreError>> {
        Box::pin(async move {
            self.with(table, |found| {
                Ok(keys.into_iter().map(|key| found.rows.get(key)).collect())
            })
        })
    }

    fn write<'a>(
        &'a self,
        table: &'a ViewTable,
        write: ViewWrite,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            self.with(table, |found| {
                if found.checkpoint != write.from {
                    return Err(ViewStoreError::Fenced {
                        projection: table.name.clone(),
                        expected: write.from,
                        actual: found.checkpoint,
                    });
                }
                let to = write.to;
                found.rows.write(&found.made_as, write)?;
                found.checkpoint = to;
                Ok(())
            })
        })
    }

    fn query<'a>(
        &'a self,
        table: &'a ViewTable,
        query: Query,
    ) -> BoxFuture<'a, Result<Vec<Row>, ViewStoreError>> {
        Box::pin(async move { self.with(table, |found| found.rows.query(&found.made_as, query)) })
    }

    fn remove<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            check_open(&self.closed)?;
            self.content.tables().retain(|(table, _), _| table != name);
            Ok(())
        })
    }
}
