//! From an event to stored bytes.

use std::fmt;

/// An event that cannot be written. It never holds a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// The event is retired: it is read, never written.
    Retired {
        /// Its stored name.
        name: &'static str,
    },
    /// The event's `Serialize` refused, or it has no JSON form (a map whose keys are no strings).
    Refused {
        /// Its stored name.
        name: &'static str,
        /// Its schema version.
        schema_version: u16,
    },
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Retired { name } => {
                write!(
                    f,
                    "event {name} is retired: it is read and never written; write the event that took its place"
                )
            }
            Self::Refused {
                name,
                schema_version,
            } => write!(
                f,
                "event {name} version {schema_version} has no JSON form: its `Serialize` refused, or a map in it has keys that are no strings"
            ),
        }
    }
}

impl std::error::Error for EncodeError {}

/// What generated code calls.
pub mod generated {
    use serde::Serialize;

    use super::super::EventType;
    use super::EncodeError;

    /// Writes the payload as JSON.
    ///
    /// # Errors
    ///
    /// When `Serialize` refuses.
    #[inline]
    pub fn json<T: Serialize + ?Sized>(
        event: &T,
        event_type: &EventType,
        payload: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        with(event_type, payload, |serializer| {
            event.serialize(serializer)
        })
    }

    /// Writes the payload as JSON, through a serializer that the caller drives.
    ///
    /// # Errors
    ///
    /// When the caller's closure refuses.
    #[inline]
    pub fn with(
        event_type: &EventType,
        payload: &mut Vec<u8>,
        write: impl FnOnce(&mut serde_json::Serializer<&mut Vec<u8>>) -> Result<(), serde_json::Error>,
    ) -> Result<(), EncodeError> {
        write(&mut serde_json::Serializer::new(payload)).map_err(|_| EncodeError::Refused {
            name: event_type.name,
            schema_version: event_type.version,
        })
    }

    /// Writes the payload of an event without fields.
    ///
    /// # Errors
    ///
    /// None; the signature is that of the others.
    pub fn unit(payload: &mut Vec<u8>) -> Result<(), EncodeError> {
        payload.extend_from_slice(b"{}");
        Ok(())
    }

    /// Refuses a retired event.
    ///
    /// # Errors
    ///
    /// Always.
    #[cold]
    pub fn retired(event_type: &EventType) -> Result<(), EncodeError> {
        Err(EncodeError::Retired {
            name: event_type.name,
        })
    }
}
