//! Events: immutable facts, as types.

mod decode;
mod encode;
mod error;
mod list;
mod path;
mod types;

pub use decode::{Accepts, Decoded, Fold, PartsOf, Passes, ReplayInto, Stored};
pub use encode::EncodeError;
pub use error::{DecodeError, UpcastError};
pub use list::{EventOf, Events, History, IntoHistory};
pub use types::{EventStatus, EventType};

#[doc(hidden)]
pub use {decode::generated as decoding, encode::generated as encoding};

/// What can be appended: an event, or one of several.
///
/// `#[derive(Event)]` and `#[derive(Aggregate)]` (for the enum of an aggregate's events) write it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "not an event",
    note = "write `#[derive(Event)]` and `#[event(name = \"…\")]` on `{Self}`"
)]
pub trait Encode: Send + Sync + 'static {
    /// The stored type that it is written as.
    fn event_type(&self) -> &'static EventType;

    /// Writes the payload, as JSON, behind what `payload` holds.
    ///
    /// # Errors
    ///
    /// When the event is retired, or when its `Serialize` refuses.
    fn encode(&self, payload: &mut Vec<u8>) -> Result<(), EncodeError>;
}

/// An event type, or a family of them: the one way between stored bytes and a value.
///
/// Written by `#[derive(Event)]`, on a struct for one stored type, on an enum for one a variant.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "not an event",
    note = "write `#[derive(Event)]` and `#[event(name = \"…\")]` on `{Self}`"
)]
pub trait Event: Encode + Sized {
    /// The stored types that it reads, each with its names and versions, in the order of their declaration.
    const TYPES: &'static [EventType];

    /// Reads a stored event of any declared version. A name that is not among [`TYPES`](Self::TYPES) is [`Decoded::Foreign`].
    ///
    /// # Errors
    ///
    /// When the version was never declared, or the payload is not what that version was declared to be.
    fn decode(stored: &Stored<'_>) -> Result<Decoded<Self>, DecodeError>;
}
