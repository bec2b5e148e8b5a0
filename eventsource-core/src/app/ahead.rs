//! Read models that hold more than the log does, found before this program appends anything: the log was restored from an older backup.

use crate::Position;
use crate::registry::ProjectionDescriptor;
use crate::runner::{ProjectionFailure, stop_of};
use crate::store::{EventStore, StoreError, TableRecord, ViewStore, ViewTable};

/// Why rows up to this checkpoint cannot be gone on from; `None` where the log holds it.
///
/// # Errors
///
/// When the log cannot be asked where it ends.
pub(super) async fn ahead_of_log<S: EventStore>(
    store: &S,
    checkpoint: Position,
    head: Position,
) -> Result<Option<ProjectionFailure>, StoreError> {
    if checkpoint <= head {
        return Ok(None);
    }
    // Others may have appended and folded since the log was asked.
    let head = store.head().await?;
    Ok((checkpoint > head).then_some(ProjectionFailure::AheadOfLog { checkpoint, head }))
}

/// Puts it on record, so that it is known to whoever feeds the table, also when the log has grown beyond the checkpoint.
pub(super) async fn put_on_record(
    views: &dyn ViewStore,
    descriptor: &'static ProjectionDescriptor,
    table: &ViewTable,
    record: &TableRecord,
    failure: &ProjectionFailure,
) {
    let known = record.stop.as_ref().and_then(|stop| stop.log_end);
    if known.is_some() {
        return;
    }
    if let Err(error) = views.put_stop(table, None, stop_of(failure)).await {
        tracing::warn!(
            projection = descriptor.name,
            %error,
            "a read model holds more than the log does, which was not put on record"
        );
    }
}
