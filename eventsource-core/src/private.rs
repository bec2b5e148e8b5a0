//! What generated code names. Nothing here is for users, and nothing here is stable.

pub use inventory;
pub use serde;
pub use serde_json::Value as Json;

pub use crate::aggregate::{
    Aggregate, AppliedBy, Apply, Context, Decision, Handle, HandledBy, SnapshotPolicy,
};
pub use crate::command::{Command, Content, Existence, NoContent, SameAs, SerdeContent};
pub use crate::event::{
    DecodeError, Decoded, Encode, EncodeError, Event, EventOf, EventStatus, EventType, Fold,
    ReplayInto, Stored, decoding, encoding,
};
pub use crate::projection::{
    Batch, EventContext, KeyOf, ProjectedBy, Projection, RowError, batch, columns,
};
pub use crate::registry::{
    AggregateDescriptor, CommandDescriptor, CommandKind, Consistency, Keying, ListedEvent,
    ListedRole, ProjectionDescriptor, Registration,
};
pub use crate::store::{ColumnSpec, Fingerprint, Row, Value};

/// Reads a stored event as an `E` and gives it to the reader. `false`: it is not of this type.
///
/// # Errors
///
/// When it is of this type and cannot be read.
#[inline]
pub fn replay<E: ReplayInto<R>, R>(
    stored: &Stored<'_>,
    reader: &mut R,
) -> Result<bool, DecodeError> {
    crate::event::replay_one::<E, R>(stored, reader)
}

/// Whether a stored event is of one of these types: it is then passed over unread, once its version is known to be declared.
///
/// # Errors
///
/// When it is of one of these types, in a version that was never declared.
pub fn ignored(types: &'static [EventType], stored: &Stored<'_>) -> Result<bool, DecodeError> {
    match types.iter().find(|event| event.is_named(stored.name)) {
        None => Ok(false),
        Some(event) if (1..=event.version).contains(&stored.version) => Ok(true),
        Some(event) => Err(decoding::unknown_version(stored, event)),
    }
}
