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
    /// It has no JSON that would be read again as the same event: its `Serialize` refused, a map in it has keys that are no strings, a float in
    /// it is NaN or infinite, or it nests more than 127 deep.
    Refused {
        /// Its stored name.
        name: &'static str,
        /// Its schema version.
        schema_version: u16,
        /// Which of these it is, in words.
        reason: &'static str,
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
                reason,
            } => write!(
                f,
                "event {name} version {schema_version} has no JSON form: {reason}"
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
    use crate::json;

    /// Writes the payload as JSON.
    ///
    /// # Errors
    ///
    /// When it has no JSON that would be read again as the same.
    #[inline]
    pub fn json<T: Serialize + ?Sized>(
        event: &T,
        event_type: &EventType,
        payload: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        json::write(event, payload).map_err(|unwritable| EncodeError::Refused {
            name: event_type.name,
            schema_version: event_type.version,
            reason: unwritable.reason(),
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
