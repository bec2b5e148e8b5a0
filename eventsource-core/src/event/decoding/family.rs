//! Fields that serde reads in generated types: that the type of each is serde is asked once, where it stands, and of nothing that is made of it.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::payload::{from_value, json};
use crate::event::{DecodeError, EncodeError, EventType, Stored, encoding};
use crate::shape::{self, Shape};

/// The type of a field that serde reads and writes.
///
/// As a bound over any lifetime it is taken for granted by the implementation on which it stands, and asked of whoever uses that.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is stored as JSON, and is not serde",
    label = "needs `Serialize` and `Deserialize`",
    note = "write `#[derive(serde::Serialize, serde::Deserialize)]` on `{Self}`, or on what it is made of; or say how serde is to go about the field, `#[serde(with = \"…\")]`"
)]
pub trait StoredField<'a>: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> StoredField<'_> for T {}

/// Asks it of a type.
pub fn stored_field<T: for<'a> StoredField<'a>>() {}

/// The older type of a field, which serde reads.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is read from JSON in older payloads, and is not serde",
    label = "needs `Deserialize`",
    note = "write `#[derive(serde::Deserialize)]` on `{Self}`, or on what it is made of"
)]
pub trait OldField<'a>: DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> OldField<'_> for T {}

/// Asks it of a type.
pub fn old_field<T: for<'a> OldField<'a>>() {}

/// What fields are read as. `(&Fields::<T>::NEW).read(stored)` reads them where all their types are serde.
#[derive(Debug)]
pub struct Fields<T>(PhantomData<fn() -> T>);

impl<T> Fields<T> {
    /// The fields.
    pub const NEW: Self = Self(PhantomData);
}

/// Taken where they are serde.
pub trait SerdeFields<T> {
    /// Reads the payload straight into them.
    ///
    /// # Errors
    ///
    /// When it is not such a payload.
    fn read(&self, stored: &Stored<'_>) -> Result<T, DecodeError>;

    /// Reads what value upcasts made of an older payload.
    ///
    /// # Errors
    ///
    /// When it is not what the version that they lead to was declared to be.
    fn read_value(&self, stored: &Stored<'_>, value: Value) -> Result<T, DecodeError>;

    /// What they read.
    fn shape(&self) -> Shape;
}

impl<T: DeserializeOwned> SerdeFields<T> for Fields<T> {
    #[inline]
    fn read(&self, stored: &Stored<'_>) -> Result<T, DecodeError> {
        json(stored)
    }

    fn read_value(&self, stored: &Stored<'_>, value: Value) -> Result<T, DecodeError> {
        from_value(stored, value)
    }

    fn shape(&self) -> Shape {
        shape::trace::<T>()
    }
}

/// Taken where they are not, which is an error elsewhere: no such program is ever compiled.
pub trait OtherFields<T> {
    /// Nothing.
    ///
    /// # Errors
    ///
    /// Always.
    fn read(&self, stored: &Stored<'_>) -> Result<T, DecodeError> {
        Err(DecodeError::unknown(stored.name, stored.version))
    }

    /// Nothing.
    ///
    /// # Errors
    ///
    /// Always.
    fn read_value(&self, stored: &Stored<'_>, _: Value) -> Result<T, DecodeError> {
        self.read(stored)
    }

    /// Nothing.
    fn shape(&self) -> Shape {
        Shape::untyped()
    }
}

impl<T> OtherFields<T> for &Fields<T> {}

/// Taken for a family whose fields are serde.
pub trait SerdeFamily {
    /// Writes the payload behind what `payload` holds.
    ///
    /// # Errors
    ///
    /// When it has no JSON that would be read again as the same.
    fn write(&self, event_type: &EventType, payload: &mut Vec<u8>) -> Result<(), EncodeError>;
}

impl<T: Serialize> SerdeFamily for T {
    #[inline]
    fn write(&self, event_type: &EventType, payload: &mut Vec<u8>) -> Result<(), EncodeError> {
        encoding::json(self, event_type, payload)
    }
}

/// Taken for one whose fields are not, which is an error elsewhere: no such program is ever compiled.
pub trait OtherFamily {
    /// Nothing.
    ///
    /// # Errors
    ///
    /// Always.
    fn write(&self, event_type: &EventType, _: &mut Vec<u8>) -> Result<(), EncodeError> {
        encoding::retired(event_type)
    }
}

impl<T> OtherFamily for &T {}
