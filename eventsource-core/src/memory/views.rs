//! The read models beside the log.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use uuid::Uuid;

use super::lease::Tenure;
use super::outbox::{Outbox, OutboxChanges};
use super::rows::Rows;
use super::{Content, MemoryStore, check_open};
use crate::Position;
use crate::store::{
    BoxFuture, Lease, OutboxEntry, OutboxQuery, OutboxStatus, Query, Resolution, Row, Skip, Stop,
    TableRecord, TableVersion, Value, ViewStore, ViewStoreError, ViewTable, ViewWrite,
};

/// Which table: its name, its version, and whether it is the shadow.
pub(super) type TableId = (String, u32, bool);

fn id_of(table: &ViewTable) -> TableId {
    (table.name.clone(), table.version, table.shadow)
}

/// All tables and outboxes.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) tables: BTreeMap<TableId, Table>,
    /// By the process manager's name.
    outboxes: BTreeMap<String, Outbox>,
}

pub(super) struct Table {
    pub(super) made_as: ViewTable,
    began: Position,
    /// Until it has come there it is being built.
    target: Position,
    pub(super) stop: Option<Stop>,
    /// How far other versions were when it was made.
    passed: Position,
    pub(super) checkpoint: Position,
    pub(super) rows: Rows,
    tenure: Tenure,
    pub(super) skips: Vec<Skip>,
    /// Whether every append folds it.
    pub(super) immediate: bool,
}

impl Tables {
    fn open(&mut self, table: &ViewTable) -> &mut Table {
        let mut others = self
            .tables
            .values()
            .filter(|other| other.made_as.name == table.name)
            .collect::<Vec<_>>();
        if table.shadow {
            others.retain(|other| other.made_as.version == table.version && !other.made_as.shadow);
        } else {
            others.retain(|other| !other.made_as.shadow);
        }
        let began = others.iter().map(|other| other.began).min();
        let passed = others.iter().map(|other| other.checkpoint).max();
        self.tables.entry(id_of(table)).or_insert_with(|| {
            let began = began.unwrap_or(table.begins);
            Table {
                made_as: table.clone(),
                began,
                target: table.target,
                stop: None,
                passed: passed.unwrap_or(began),
                checkpoint: began,
                rows: Rows::of(table),
                tenure: Tenure::default(),
                skips: Vec::new(),
                immediate: false,
            }
        })
    }

    fn promote(&mut self, shadow: &ViewTable) -> Option<bool> {
        let (shadow_id, served_id) = (id_of(&shadow.shadow()), id_of(&shadow.served()));
        let checkpoint = self.tables.get(&shadow_id)?.checkpoint;
        let served = self.tables.get_mut(&served_id)?;
        if checkpoint < served.checkpoint {
            return Some(false);
        }
        let built = self.tables.remove(&shadow_id)?;
        let served = self.tables.get_mut(&served_id)?;
        served.rows = built.rows;
        if served.checkpoint != checkpoint {
            served.stop = None;
        }
        served.checkpoint = checkpoint;
        served.tenure.depose();
        Some(true)
    }
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

    /// Works under the lock of all tables: one at a time, whole or not at all.
    fn locked<T>(
        &self,
        work: impl FnOnce(&mut Tables) -> Result<T, ViewStoreError>,
    ) -> Result<T, ViewStoreError> {
        check_open(&self.closed)?;
        work(&mut self.content.tables())
    }

    fn with<T>(
        &self,
        table: &ViewTable,
        work: impl FnOnce(&mut Table) -> Result<T, ViewStoreError>,
    ) -> Result<T, ViewStoreError> {
        self.locked(|all| match all.tables.get_mut(&id_of(table)) {
            Some(found) => work(found),
            None => Err(ViewStoreError::not_open(table)),
        })
    }
}

/// The error for a write under a term that has ended.
fn deposed(name: &str) -> ViewStoreError {
    ViewStoreError::Deposed {
        projection: name.to_owned(),
    }
}

impl Table {
    fn write(&mut self, table: &ViewTable, write: ViewWrite) -> Result<(), ViewStoreError> {
        if write.term.is_some_and(|term| term != self.tenure.term) {
            return Err(deposed(&table.name));
        }
        if self.checkpoint != write.from {
            return Err(ViewStoreError::Fenced {
                projection: table.name.clone(),
                expected: write.from,
                actual: self.checkpoint,
            });
        }
        let to = write.to;
        self.rows.write(&self.made_as, write)?;
        if self.checkpoint != to {
            self.stop = None;
        }
        self.checkpoint = to;
        Ok(())
    }

    /// Puts a skip on record, and deposes whoever feeds the table.
    fn skip(&mut self, skip: Skip) -> Result<(), ViewStoreError> {
        let position = skip.position;
        if self.checkpoint >= position {
            return Err(ViewStoreError::Folded {
                projection: self.made_as.name.clone(),
                position,
                checkpoint: self.checkpoint,
            });
        }
        let at = self
            .skips
            .binary_search_by_key(&position, |skip| skip.position);
        if let Err(place) = at {
            self.skips.insert(place, skip);
        }
        if let Some(stop) = &self.stop
            && stop.position == Some(position)
        {
            self.stop = None;
        }
        self.tenure.depose();
        Ok(())
    }
}

impl ViewStore for MemoryViews {
    fn open<'a>(&'a self, table: &'a ViewTable) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        Box::pin(async move {
            self.locked(|all| {
                let found = all.open(table);
                table.goes_on_with(found.made_as.fingerprint, &found.made_as.description)?;
                Ok(found.checkpoint)
            })
        })
    }

    fn checkpoint<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        Box::pin(async move { self.with(table, |found| Ok(found.checkpoint)) })
    }

    fn record<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<TableRecord, ViewStoreError>> {
        Box::pin(async move {
            self.with(table, |found| {
                Ok(TableRecord::new(
                    found.checkpoint,
                    found.target,
                    found.stop.clone(),
                ))
            })
        })
    }

    fn put_stop<'a>(
        &'a self,
        table: &'a ViewTable,
        term: Option<u64>,
        stop: Stop,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            self.with(table, |found| {
                if term.is_some_and(|term| term != found.tenure.term) {
                    return Err(deposed(&table.name));
                }
                found.stop = Some(stop);
                Ok(())
            })
        })
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
        mut write: ViewWrite,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            self.locked(|all| {
                let found = all
                    .tables
                    .get_mut(&id_of(table))
                    .ok_or_else(|| ViewStoreError::not_open(table))?;
                let held = all.outboxes.get(&table.name).map_or(0, Outbox::term);
                if write.outbox_term.is_some_and(|term| term != held) {
                    return Err(deposed(&table.name));
                }
                let changes = OutboxChanges::taken_from(&mut write);
                found.write(table, write)?;
                if !changes.is_empty() {
                    let outbox = all.outboxes.entry(table.name.clone()).or_default();
                    outbox.change(changes);
                }
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
            self.locked(|all| {
                all.tables.retain(|(table, _, _), _| table != name);
                all.outboxes.remove(name);
                Ok(())
            })
        })
    }

    fn remove_version<'a>(
        &'a self,
        name: &'a str,
        version: u32,
    ) -> BoxFuture<'a, Result<bool, ViewStoreError>> {
        Box::pin(async move {
            self.locked(|all| {
                let id = |shadow| (name.to_owned(), version, shadow);
                let removed = all.tables.remove(&id(false)).is_some();
                all.tables.remove(&id(true));
                if !all.tables.keys().any(|(other, _, _)| other == name) {
                    all.outboxes.remove(name);
                }
                Ok(removed)
            })
        })
    }

    fn versions<'a>(
        &'a self,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Vec<TableVersion>, ViewStoreError>> {
        Box::pin(async move {
            self.locked(|all| {
                let served = all
                    .tables
                    .iter()
                    .filter(|((table, _, shadow), _)| table == name && !shadow);
                let versions = served.map(|((_, version, _), table)| {
                    TableVersion::new(*version, table.began, table.checkpoint)
                });
                Ok(versions.collect())
            })
        })
    }

    fn passed<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        Box::pin(async move {
            self.locked(|all| {
                let found = all
                    .tables
                    .get(&id_of(table))
                    .ok_or_else(|| ViewStoreError::not_open(table))?;
                let others = all.tables.values().filter(|other| {
                    !table.shadow
                        && !other.made_as.shadow
                        && other.made_as.name == table.name
                        && other.made_as.version != table.version
                });
                let furthest = others.map(|other| other.checkpoint).max();
                Ok(found.passed.max(furthest.unwrap_or_default()))
            })
        })
    }

    fn lease<'a>(
        &'a self,
        table: &'a ViewTable,
        holder: Uuid,
        time: Duration,
    ) -> BoxFuture<'a, Result<Lease, ViewStoreError>> {
        Box::pin(async move { self.with(table, |found| Ok(found.tenure.ask(holder, time))) })
    }

    fn take_over<'a>(
        &'a self,
        table: &'a ViewTable,
        holder: Uuid,
        time: Duration,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            self.with(table, |found| {
                found.tenure.take_over(holder, time);
                Ok(())
            })
        })
    }

    fn renew(&self, holder: Uuid, time: Duration) -> BoxFuture<'_, Result<(), ViewStoreError>> {
        Box::pin(async move {
            self.locked(|all| {
                for table in all.tables.values_mut() {
                    table.tenure.renew(holder, time);
                }
                for outbox in all.outboxes.values_mut() {
                    outbox.tenure.renew(holder, time);
                }
                Ok(())
            })
        })
    }

    fn release<'a>(
        &'a self,
        table: &'a ViewTable,
        holder: Uuid,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            self.locked(|all| {
                if let Some(found) = all.tables.get_mut(&id_of(table)) {
                    found.tenure.release(holder);
                }
                Ok(())
            })
        })
    }

    fn promote<'a>(&'a self, shadow: &'a ViewTable) -> BoxFuture<'a, Result<bool, ViewStoreError>> {
        Box::pin(async move {
            self.locked(|all| {
                all.promote(shadow)
                    .ok_or_else(|| ViewStoreError::not_open(shadow))
            })
        })
    }

    fn discard<'a>(&'a self, shadow: &'a ViewTable) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            self.locked(|all| {
                all.tables.remove(&id_of(&shadow.shadow()));
                Ok(())
            })
        })
    }

    fn skip<'a>(
        &'a self,
        table: &'a ViewTable,
        skip: Skip,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            let served = table.served();
            self.locked(|all| {
                let position = skip.position;
                let found = all
                    .tables
                    .get_mut(&id_of(&served))
                    .ok_or_else(|| ViewStoreError::not_open(&served))?;
                found.skip(skip)?;
                let shadow = id_of(&table.shadow());
                match all.tables.get_mut(&shadow) {
                    Some(built) if built.checkpoint >= position => {
                        all.tables.remove(&shadow);
                    }
                    Some(built) => built.tenure.depose(),
                    None => {}
                }
                Ok(())
            })
        })
    }

    fn skips<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Vec<Skip>, ViewStoreError>> {
        Box::pin(async move { self.with(&table.served(), |found| Ok(found.skips.clone())) })
    }

    fn outbox<'a>(
        &'a self,
        process: &'a str,
        query: OutboxQuery,
    ) -> BoxFuture<'a, Result<Vec<OutboxEntry>, ViewStoreError>> {
        Box::pin(async move {
            self.locked(|all| {
                let outbox = all.outboxes.get(process);
                Ok(outbox.map_or_else(Vec::new, |outbox| outbox.entries(query)))
            })
        })
    }

    fn outbox_status<'a>(
        &'a self,
        process: &'a str,
    ) -> BoxFuture<'a, Result<OutboxStatus, ViewStoreError>> {
        Box::pin(async move {
            self.locked(|all| {
                let outbox = all.outboxes.get(process);
                Ok(outbox.map(Outbox::status).unwrap_or_default())
            })
        })
    }

    fn lease_outbox<'a>(
        &'a self,
        process: &'a str,
        holder: Uuid,
        time: Duration,
    ) -> BoxFuture<'a, Result<Lease, ViewStoreError>> {
        Box::pin(async move {
            self.locked(|all| {
                let outbox = all.outboxes.entry(process.to_owned()).or_default();
                Ok(outbox.tenure.ask(holder, time))
            })
        })
    }

    fn release_outbox<'a>(
        &'a self,
        process: &'a str,
        holder: Uuid,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            self.locked(|all| {
                if let Some(outbox) = all.outboxes.get_mut(process) {
                    outbox.tenure.release(holder);
                }
                Ok(())
            })
        })
    }

    fn resolve<'a>(
        &'a self,
        process: &'a str,
        id: Uuid,
        resolution: Resolution,
    ) -> BoxFuture<'a, Result<bool, ViewStoreError>> {
        Box::pin(async move {
            self.locked(|all| {
                let outbox = all.outboxes.get_mut(process);
                Ok(outbox.is_some_and(|outbox| outbox.resolve(id, resolution)))
            })
        })
    }

    fn make_immediate<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            self.with(table, |found| {
                found.immediate = true;
                Ok(())
            })
        })
    }

    fn make_eventual<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        Box::pin(async move {
            self.locked(|all| {
                let named = all.tables.values_mut();
                for table in named.filter(|table| table.made_as.name == name) {
                    table.immediate = false;
                }
                Ok(())
            })
        })
    }
}
