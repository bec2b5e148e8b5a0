//! The tables of read models and process managers, moved with their checkpoints.

use super::MoveError;
use super::places::Places;
use crate::registry::{ProjectionDescriptor, Registry};
use crate::runner::view_table;
use crate::store::{
    EventStore, OutboxEntry, OutboxQuery, Query, Skip, TableVersion, Value, ViewStore,
    ViewStoreError, ViewTable, ViewWrite,
};
use crate::{Position, Timestamp};

/// So many rows are read and written at a time.
const ROWS: usize = 1_000;

/// All entries of one outbox.
const ALL: usize = usize::MAX;

/// Copies the tables of the registry's projections and process managers from the read models of one store to those of another, behind whose logs
/// they are: rows, checkpoints, skips and outboxes. The log has to be [moved](super::Move) before. Returns the names of those that were there to be copied.
///
/// What process managers have sent, and what they wait for, goes on where it was. A projection can be left out of the registry that is given here: it is
/// then built anew from the log, and so is one whose version was raised. A process manager whose version was raised has to have caught up in the old
/// store, so that it is known what was sent.
///
/// # Errors
///
/// When a store fails, a table was made from something else, or one in the new store has begun by itself. Begun again after an interruption, it goes on.
/// And [`MoveError::ProcessManagerBehind`], where a process manager has come further in another version than in the registry's; nothing of it is
/// copied then.
pub async fn read_models<F: EventStore, T: EventStore>(
    registry: &Registry,
    (from_log, from): (&F, &dyn ViewStore),
    (to_log, to): (&T, &dyn ViewStore),
) -> Result<Vec<&'static str>, MoveError> {
    let places = Places {
        from: from_log,
        to: to_log,
    };
    let mut moved = Vec::new();
    for projection in registry.projections() {
        let Some(stored) = stored(projection, from).await? else {
            continue;
        };
        let table = view_table(projection);
        // Refuses what was made from something else.
        from.open(&table).await?;
        let record = from.record(&table).await?;
        let mut table = table.begins(places.position(stored.began).await?);
        if !record.is_built() {
            table = table.target(places.position(record.target).await?);
        }
        let skips = from.skips(&table).await?;
        let skips = places.skips(projection.name, skips).await?;
        let checkpoint = places
            .checkpoint(projection.name, record.checkpoint)
            .await?;
        copy(from, to, &table, skips, checkpoint).await?;
        moved.push(projection.name);
    }
    Ok(moved)
}

/// What the old store has of the registry's version; `None` where that is to be built anew.
async fn stored(
    projection: &ProjectionDescriptor,
    from: &dyn ViewStore,
) -> Result<Option<TableVersion>, MoveError> {
    let versions = from.versions(projection.name).await?;
    let stored = versions
        .iter()
        .find(|stored| stored.version == projection.version);
    if projection.process.is_some() && !versions.is_empty() {
        let passed = match stored {
            Some(_) => from.passed(&view_table(projection)).await?,
            None => versions
                .iter()
                .map(|other| other.checkpoint)
                .max()
                .unwrap_or_default(),
        };
        if stored.is_none_or(|stored| stored.checkpoint < passed) {
            return Err(MoveError::ProcessManagerBehind {
                process: projection.name.to_owned(),
                version: projection.version,
                passed,
            });
        }
    }
    Ok(stored.cloned())
}

async fn copy(
    from: &dyn ViewStore,
    to: &dyn ViewStore,
    table: &ViewTable,
    skips: Vec<Skip>,
    checkpoint: Position,
) -> Result<(), MoveError> {
    let began = to.open(table).await?;
    if began == checkpoint && checkpoint > table.begins {
        return Ok(());
    }
    if began > table.begins {
        return Err(MoveError::ReadModel {
            projection: table.name.clone(),
            actual: began,
            wanted: checkpoint,
        });
    }
    for skip in skips {
        to.skip(table, skip).await?;
    }
    let mut after: Option<Value> = None;
    loop {
        let query = Query {
            limit: Some(ROWS),
            after_key: after.take(),
            ..Query::default()
        };
        let rows = from.query(table, query).await?;
        let more = rows.len() == ROWS;
        let last = rows.last().and_then(|row| row.get(table.key_column()?));
        after = last.cloned();
        let mut write = ViewWrite::new(began, began);
        write.upserts = rows;
        if !more || after.is_none() {
            // The checkpoint goes last, so that what was interrupted is seen not to be whole.
            write.to = checkpoint;
            write.sends = outbox(from, &table.name).await?;
            to.write(table, write).await?;
            return Ok(());
        }
        to.write(table, write).await?;
    }
}

/// All that waits, in its order.
async fn outbox(from: &dyn ViewStore, process: &str) -> Result<Vec<OutboxEntry>, ViewStoreError> {
    let at = Timestamp::from_micros(i64::MAX);
    let mut entries = from
        .outbox(process, OutboxQuery::Due { at, limit: ALL })
        .await?;
    let parked = OutboxQuery::Parked { limit: ALL };
    entries.extend(from.outbox(process, parked).await?);
    Ok(entries)
}
