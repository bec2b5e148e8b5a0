//! The payload of an event as JSON: straight into its type, or from a value that was upcast.

use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use crate::event::error::DecodeErrorKind;
use crate::event::{DecodeError, EncodeError, EventType, Stored, encoding, path};
use crate::shape::{self, Shape};

/// Reads the payload straight into its type.
///
/// # Errors
///
/// When it is not such a payload.
#[inline]
pub fn json<T: DeserializeOwned>(stored: &Stored<'_>) -> Result<T, DecodeError> {
    serde_json::from_slice(stored.payload).map_err(|error| payload_error(stored, &error))
}

#[cold]
fn payload_error(stored: &Stored<'_>, error: &serde_json::Error) -> DecodeError {
    let (field, category) = path::explain(stored.payload, error);
    DecodeError::new(
        stored.name,
        stored.version,
        field,
        DecodeErrorKind::Payload { category },
    )
}

/// A payload without fields.
struct Unit;

impl<'de> serde::Deserialize<'de> for Unit {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Unit;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object or null")
            }

            fn visit_unit<E>(self) -> Result<Unit, E> {
                Ok(Unit)
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Unit, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Unit)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// Reads a payload without fields: `{}` or `null`.
///
/// # Errors
///
/// When it is not JSON, or neither an object nor null.
pub fn unit(stored: &Stored<'_>) -> Result<(), DecodeError> {
    json::<Unit>(stored).map(|Unit| ())
}

/// The same, after value upcasts.
///
/// # Errors
///
/// When it is neither an object nor null.
pub fn unit_from_value(stored: &Stored<'_>, value: Value) -> Result<(), DecodeError> {
    from_value::<Unit>(stored, value).map(|Unit| ())
}

/// Reads what value upcasts made of an older payload.
///
/// # Errors
///
/// When it is not what the version that they lead to was declared to be.
pub fn from_value<T: DeserializeOwned>(
    stored: &Stored<'_>,
    value: Value,
) -> Result<T, DecodeError> {
    serde_json::from_value(value).map_err(|error| {
        let (field, category) = path::explain(&[], &error);
        DecodeError::new(
            stored.name,
            stored.version,
            field,
            DecodeErrorKind::Payload { category },
        )
    })
}

/// What can be read from JSON.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from JSON",
    label = "needs `Deserialize`",
    note = "write `#[derive(serde::Deserialize)]` on `{Self}`"
)]
pub trait Readable: Sized {
    /// Reads the payload straight into its type.
    ///
    /// # Errors
    ///
    /// When it is not such a payload.
    fn read(stored: &Stored<'_>) -> Result<Self, DecodeError>;

    /// Reads what value upcasts made of an older payload.
    ///
    /// # Errors
    ///
    /// When it is not what the version that they lead to was declared to be.
    fn read_value(stored: &Stored<'_>, value: Value) -> Result<Self, DecodeError>;

    /// What it reads.
    fn shape() -> Shape;
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Readable for T {
    #[inline]
    fn read(stored: &Stored<'_>) -> Result<Self, DecodeError> {
        json(stored)
    }

    fn read_value(stored: &Stored<'_>, value: Value) -> Result<Self, DecodeError> {
        from_value(stored, value)
    }

    fn shape() -> Shape {
        shape::trace::<T>()
    }
}

/// What is written as JSON, and read again.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is stored as JSON, and is not serde",
    label = "needs `Serialize` and `Deserialize`",
    note = "derive what `{Self}` lacks of the two: `#[derive(serde::Serialize, serde::Deserialize)]`"
)]
pub trait Payload: Sized {
    /// Writes the payload behind what `payload` holds.
    ///
    /// # Errors
    ///
    /// When its `Serialize` refuses.
    fn write(&self, event_type: &EventType, payload: &mut Vec<u8>) -> Result<(), EncodeError>;

    /// As [`Readable::read`].
    ///
    /// # Errors
    ///
    /// When it is not such a payload.
    fn read(stored: &Stored<'_>) -> Result<Self, DecodeError>;

    /// As [`Readable::read_value`].
    ///
    /// # Errors
    ///
    /// When it is not what the version that they lead to was declared to be.
    fn read_value(stored: &Stored<'_>, value: Value) -> Result<Self, DecodeError>;

    /// What it reads.
    fn shape() -> Shape;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Payload for T {
    #[inline]
    fn write(&self, event_type: &EventType, payload: &mut Vec<u8>) -> Result<(), EncodeError> {
        encoding::json(self, event_type, payload)
    }

    #[inline]
    fn read(stored: &Stored<'_>) -> Result<Self, DecodeError> {
        json(stored)
    }

    fn read_value(stored: &Stored<'_>, value: Value) -> Result<Self, DecodeError> {
        from_value(stored, value)
    }

    fn shape() -> Shape {
        shape::trace::<T>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_without_fields_is_an_object_or_null() {
        let stored = |payload: &'static str| Stored {
            name: "pinged",
            version: 1,
            payload: payload.as_bytes(),
        };
        for payload in ["{}", "null", r#"{"later":[1,{"x":2}]}"#] {
            assert!(unit(&stored(payload)).is_ok(), "{payload}");
        }
        for payload in ["", "[]", "1", "{} {}"] {
            assert!(unit(&stored(payload)).is_err(), "{payload}");
        }
    }
}
