//! Events: immutable facts, as types.

pub mod decoding;
mod encode;
mod error;
mod list;
mod path;
mod replay;
mod stored;
mod types;

pub use encode::EncodeError;
pub(crate) use error::DecodeErrorKind;
pub use error::{DecodeError, UpcastError};
pub use list::{EventOf, Events, History, IntoHistory};
pub use replay::{Accepts, Fold, PartsOf, Passes, ReplayInto};
pub use stored::{Decoded, Stored};
pub use types::{EventStatus, EventType};

#[doc(hidden)]
pub use encode::generated as encoding;

/// What can be appended: an event, or one of several.
///
/// `#[derive(Event)]` and `#[derive(Aggregate)]` (for the enum of an aggregate's events) write it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "not an event",
    note = "write `#[derive(Event, serde::Serialize, serde::Deserialize)]` and `#[event(name = \"…\")]` on `{Self}`"
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

    /// For generated code: the value as JSON, to be compared with what it was on record. `None` when it has no JSON form.
    #[doc(hidden)]
    fn record(&self) -> Option<serde_json::Value> {
        let mut payload = Vec::new();
        self.encode(&mut payload).ok()?;
        serde_json::from_slice(&payload).ok()
    }
}

/// An event type, or a family of them: the one way between stored bytes and a value.
///
/// Written by `#[derive(Event)]`, on a struct for one stored type, on an enum for one a variant.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "not an event",
    note = "write `#[derive(Event, serde::Serialize, serde::Deserialize)]` and `#[event(name = \"…\")]` on `{Self}`"
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

    /// For generated code: gives the recorder what the parts of a split event are.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    #[doc(hidden)]
    fn read_parts(
        stored: &Stored<'_>,
        recorder: &mut crate::lock::Recorder,
    ) -> Result<(), DecodeError> {
        let _ = (stored, recorder);
        Ok(())
    }

    /// For generated code: what is read of this one of [`TYPES`](Self::TYPES) at this version; `None` where nothing is.
    #[doc(hidden)]
    #[must_use]
    fn shape(at: usize, version: u16) -> Option<crate::shape::Shape> {
        let _ = (at, version);
        None
    }
}
