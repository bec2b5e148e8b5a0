//! The tables of read models and process managers, moved with their checkpoints.

use super::MoveError;
use crate::registry::Registry;
use crate::runner::view_table;
use crate::store::{
    EventStore, OutboxEntry, OutboxQuery, Query, ReadLog, ReadStream, RecordedEvent, StoreError,
    StoreErrorKind, Value, ViewStore, ViewStoreError, ViewTable, ViewWrite,
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
/// then built anew from the log.
///
/// # Errors
///
/// When a store fails, a table was made from something else, or one in the new store has begun by itself. Begun again after an interruption, it goes on.
pub async fn read_models<F: EventStore, T: EventStore>(
    registry: &Registry,
    (from_log, from): (&F, &dyn ViewStore),
    (to_log, to): (&T, &dyn ViewStore),
) -> Result<Vec<&'static str>, MoveError> {
    let mut moved = Vec::new();
    for projection in registry.projections() {
        let table = view_table(projection);
        let checkpoint = match from.checkpoint(&table).await {
            Ok(checkpoint) => checkpoint,
            Err(ViewStoreError::NotOpen { .. }) => continue,
            Err(error) => return Err(error.into()),
        };
        // Refuses what was made from something else.
        from.open(&table).await?;
        let checkpoint = position(from_log, to_log, checkpoint).await?;
        copy(from, to, &table, checkpoint).await?;
        moved.push(projection.name);
    }
    Ok(moved)
}

/// A position of one store in the other, which has the same log.
async fn position<F: EventStore, T: EventStore>(
    from: &F,
    to: &T,
    position: Position,
) -> Result<Position, StoreError> {
    // Events that share the position are shown together.
    let read = ReadLog::before(position.next()).limit(1);
    let last: Vec<RecordedEvent> = from.read_log(read, Vec::new()).await?;
    let Some(last) = last.first() else {
        return Ok(Position::START);
    };
    let read = ReadStream::new(last.stream.clone())
        .from(last.version)
        .to(last.version);
    let found: Vec<RecordedEvent> = to.read_stream(read, Vec::new()).await?;
    match found.first() {
        Some(event) if event.event_id == last.event_id => Ok(event.position),
        _ => Err(StoreError::new(
            StoreErrorKind::Invalid,
            "the store that read models are moved to",
            format!(
                "stream {} has another event at version {}, or none: move the log first",
                last.stream, last.version
            ),
        )),
    }
}

async fn copy(
    from: &dyn ViewStore,
    to: &dyn ViewStore,
    table: &ViewTable,
    checkpoint: Position,
) -> Result<(), MoveError> {
    let began = to.open(table).await?;
    if began == checkpoint && checkpoint > Position::START {
        return Ok(());
    }
    if began > Position::START {
        return Err(MoveError::ReadModel {
            projection: table.name.clone(),
            actual: began,
            wanted: checkpoint,
        });
    }
    for skip in from.skips(table).await? {
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
