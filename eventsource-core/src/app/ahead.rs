//! Read models that hold more than the log does, found before this program appends anything: the log was restored from an older backup.

use crate::Position;
use crate::registry::ProjectionDescriptor;
use crate::runner::{ProjectionError, ProjectionFailure, stop_of};
use crate::store::{EventStore, StoreError, TableRecord, ViewStore, ViewStoreError, ViewTable};

/// Why nothing can be folded into a table that is at this record; `None` where the log holds what it holds. `head` is where the log ended before.
///
/// # Errors
///
/// When the log cannot be asked where it ends.
pub(super) async fn ahead_of_log<S: EventStore>(
    store: &S,
    descriptor: &ProjectionDescriptor,
    record: &TableRecord,
    head: Position,
) -> Result<Option<ProjectionError>, StoreError> {
    let checkpoint = record.checkpoint;
    let found_before = record.log_end();
    let head = match found_before {
        Some(log_end) => log_end,
        None if checkpoint <= head => return Ok(None),
        // Others may have appended and folded since the log was asked.
        None => store.head().await?,
    };
    let failure = ProjectionFailure::AheadOfLog { checkpoint, head };
    let error = ProjectionError::new(descriptor, failure);
    Ok((found_before.is_some() || checkpoint > head).then_some(error))
}

/// Puts it on record, so that it is known to whoever feeds the table, also when the log has grown beyond the checkpoint.
///
/// # Errors
///
/// When that cannot be written: a program that went on would forget it.
pub(super) async fn put_on_record(
    views: &dyn ViewStore,
    table: &ViewTable,
    record: &TableRecord,
    error: &ProjectionError,
) -> Result<(), ViewStoreError> {
    if record.log_end().is_some() {
        return Ok(());
    }
    views.put_stop(table, None, stop_of(error.failure())).await
}
