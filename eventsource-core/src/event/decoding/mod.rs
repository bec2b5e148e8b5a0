//! From stored bytes to an event: what generated code calls.

mod family;
mod payload;
mod upcast;

use super::error::DecodeErrorKind;
use super::{DecodeError, Decoded, Event, EventType, Stored};

pub use family::{
    Fields, OldField, OtherFamily, OtherFields, SerdeFamily, SerdeFields, StoredField, old_field,
    stored_field,
};
pub use payload::{Payload, Readable, from_value, json, unit, unit_from_value};
pub use upcast::{
    Becomes, FieldInto, Missing, MissingThen, TryBecomes, UpcastInto, Upcaster, step, upcast,
};

/// What comes of a stored event whose version was never declared of this one of the type's [`TYPES`](Event::TYPES).
///
/// # Errors
///
/// Always, but for an event whose name is not declared either.
#[cold]
pub fn beyond<E: Event>(stored: &Stored<'_>, at: usize) -> Result<Decoded<E>, DecodeError> {
    E::TYPES.get(at).map_or(Ok(Decoded::Foreign), |event| {
        Err(unknown_version(stored, event))
    })
}

/// The version was never declared.
#[cold]
#[must_use]
pub fn unknown_version(stored: &Stored<'_>, event: &EventType) -> DecodeError {
    version_above(stored, event.version)
}

/// The version is above the current one.
#[cold]
#[must_use]
pub fn version_above(stored: &Stored<'_>, current: u16) -> DecodeError {
    DecodeError::new(
        stored.name,
        stored.version,
        None,
        DecodeErrorKind::Version { current },
    )
}
