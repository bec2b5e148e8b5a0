//! From stored bytes to an event, and on to whoever reads it.

use super::{DecodeError, EncodeError, Event, EventType};

/// What of a stored event is needed to read it. Its `Debug` shows the payload's length, never the payload.
#[derive(Clone, Copy)]
pub struct Stored<'a> {
    /// The stored type name.
    pub name: &'a str,
    /// The schema version of the payload.
    pub version: u16,
    /// The payload.
    pub payload: &'a [u8],
}

impl std::fmt::Debug for Stored<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stored")
            .field("name", &self.name)
            .field("version", &self.version)
            .field("payload_bytes", &self.payload.len())
            .finish()
    }
}

impl<'a> From<&crate::store::Recorded<'a>> for Stored<'a> {
    fn from(event: &crate::store::Recorded<'a>) -> Self {
        Self {
            name: event.name,
            version: event.schema_version,
            payload: event.payload,
        }
    }
}

/// What came of reading a stored event as an event type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decoded<E> {
    /// The event.
    Event(E),
    /// It is declared to be read as nothing.
    Dropped,
    /// It is not of this type: its name is another.
    Foreign,
}

/// Whoever takes events of this type: an aggregate's state, or what collects the events of a reader.
///
/// Written by `#[derive(Aggregate)]` and its like for each event that they list.
#[diagnostic::on_unimplemented(
    message = "`{E}` is a part of a split event, and `{Self}` does not read it",
    label = "list `{E}` too, in `events(…)` or `retired(…)`"
)]
pub trait Fold<E> {
    /// Takes one event.
    fn fold(&mut self, event: E);
}

/// An event that can be given to a reader: as itself, or as the parts that it was split into.
///
/// Written by `#[derive(Event)]`. Whoever lists an event asks everything of it here, so that a type which is none is one error.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "not an event",
    note = "write `#[derive(Event)]` and `#[event(name = \"…\")]` on `{Self}`"
)]
pub trait ReplayInto<R>: Event {
    /// The stored types that it reads.
    const READS: &'static [EventType] = Self::TYPES;

    /// Gives the event, or its parts in their order, to the reader.
    fn replay_into(self, reader: &mut R);

    /// Reads a stored event and gives it to the reader. `false`: it is not of this type.
    ///
    /// # Errors
    ///
    /// When it is of this type and cannot be read.
    #[inline]
    fn read(stored: &Stored<'_>, reader: &mut R) -> Result<bool, DecodeError> {
        match Self::decode(stored)? {
            Decoded::Event(event) => {
                event.replay_into(reader);
                Ok(true)
            }
            Decoded::Dropped => Ok(true),
            Decoded::Foreign => Ok(false),
        }
    }

    /// The same for an event that the reader ignores: it is passed over unread, unless the reader wants to see all.
    ///
    /// # Errors
    ///
    /// When it is of this type and cannot be read, or its version was never declared.
    fn pass(stored: &Stored<'_>, reader: &mut R) -> Result<bool, DecodeError>
    where
        R: Passes,
    {
        if reader.passes() {
            crate::aggregate::passed_over(Self::TYPES, stored)
        } else {
            Self::read(stored, reader)
        }
    }

    /// The stored type that it is written as.
    #[inline]
    fn written_as(&self) -> &'static EventType {
        self.event_type()
    }

    /// Writes the payload behind what `payload` holds.
    ///
    /// # Errors
    ///
    /// When the event is retired, or when its `Serialize` refuses.
    #[inline]
    fn write(&self, payload: &mut Vec<u8>) -> Result<(), EncodeError> {
        self.encode(payload)
    }
}

/// A reader that may pass over what it ignores.
pub trait Passes {
    /// Whether it does.
    fn passes(&self) -> bool;
}

/// A reader that takes an event, or its parts.
pub trait Accepts<E> {
    /// Takes it.
    fn accept(&mut self, event: E);
}

impl<R, E: ReplayInto<R>> Accepts<E> for R {
    #[inline]
    fn accept(&mut self, event: E) {
        event.replay_into(self);
    }
}

/// The parts that a split event is read as.
#[diagnostic::on_unimplemented(
    message = "`{Old}` does not become `{Self}`",
    label = "no `From<{Old}>` for `{Self}`",
    note = "write `impl From<{Old}> for {Self} {{ fn from(old: {Old}) -> Self {{ … }} }}`"
)]
pub trait PartsOf<Old> {
    /// Splits.
    fn parts_of(old: Old) -> Self;
}

#[diagnostic::do_not_recommend]
impl<Old, Parts: From<Old>> PartsOf<Old> for Parts {
    #[inline]
    fn parts_of(old: Old) -> Self {
        Self::from(old)
    }
}

/// What generated code calls.
pub mod generated {
    use std::error::Error;

    use serde::Serialize;
    use serde::de::{DeserializeOwned, IgnoredAny};
    use serde_json::Value;

    use super::super::error::DecodeErrorKind;
    use super::super::path;
    use super::super::{DecodeError, EncodeError, EventType, UpcastError, encoding};
    use super::Stored;
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

                fn visit_map<A: serde::de::MapAccess<'de>>(
                    self,
                    mut map: A,
                ) -> Result<Unit, A::Error> {
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

    /// The function of `upcast(from = …, with = …)`.
    pub type Upcaster = fn(Value) -> Result<Value, UpcastError>;

    /// What it answered.
    ///
    /// # Errors
    ///
    /// When it refused.
    pub fn upcast(
        stored: &Stored<'_>,
        result: Result<Value, UpcastError>,
    ) -> Result<Value, DecodeError> {
        result.map_err(|error| refused(stored, None, error.into_source()))
    }

    /// One step of a typed upcast chain.
    ///
    /// # Errors
    ///
    /// When a `TryFrom` refused.
    #[inline]
    pub fn step<New>(
        stored: &Stored<'_>,
        result: Result<New, Box<dyn Error + Send + Sync>>,
    ) -> Result<New, DecodeError> {
        result.map_err(|error| refused(stored, None, error))
    }

    /// What comes of a stored event whose version was never declared of this one of the type's [`TYPES`](super::super::Event::TYPES).
    ///
    /// # Errors
    ///
    /// Always, but for an event whose name is not declared either.
    #[cold]
    pub fn beyond<E: super::super::Event>(
        stored: &Stored<'_>,
        at: usize,
    ) -> Result<super::Decoded<E>, DecodeError> {
        E::TYPES
            .get(at)
            .map_or(Ok(super::Decoded::Foreign), |event| {
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

    #[cold]
    fn refused(
        stored: &Stored<'_>,
        field: Option<&str>,
        error: Box<dyn Error + Send + Sync>,
    ) -> DecodeError {
        DecodeError::new(
            stored.name,
            stored.version,
            field.map(str::to_owned),
            DecodeErrorKind::Upcast(error),
        )
    }

    /// What can be read from JSON.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` cannot be read from JSON",
        label = "needs `Deserialize`",
        note = "derive `serde::Deserialize` on `{Self}`"
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

    /// An older typed version, read on as the next: by `From` or `TryFrom`.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` cannot be upcast to `{New}`",
        label = "no `From<{Self}>` or `TryFrom<{Self}>` for `{New}`",
        note = "write `impl From<{Self}> for {New}`, or `impl TryFrom<{Self}> for {New}` where an old payload may be unreadable"
    )]
    pub trait UpcastInto<New> {
        /// Converts.
        ///
        /// # Errors
        ///
        /// When the `TryFrom` refuses.
        fn upcast_into(self) -> Result<New, Box<dyn Error + Send + Sync>>;
    }

    #[diagnostic::do_not_recommend]
    impl<Old, New> UpcastInto<New> for Old
    where
        New: TryFrom<Old>,
        New::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        #[inline]
        fn upcast_into(self) -> Result<New, Box<dyn Error + Send + Sync>> {
            New::try_from(self).map_err(Into::into)
        }
    }

    /// What a field has in payloads that lack it.
    #[diagnostic::on_unimplemented(
        message = "older payloads lack this field, and `{Self}` has no `Default`",
        label = "needs `Default`, or a value",
        note = "write the value, `default = …`, or derive `Default` on `{Self}`"
    )]
    pub trait Missing: Sized {
        /// The default.
        fn missing() -> Self;
    }

    #[diagnostic::do_not_recommend]
    impl<T: Default> Missing for T {
        #[inline]
        fn missing() -> Self {
            T::default()
        }
    }

    /// What the function of `was(…, with = f)` gives.
    #[diagnostic::on_unimplemented(
        message = "the function gives `{Self}`, the field is `{New}`",
        label = "must give `{New}`",
        note = "`with` takes a function to `{New}`; for one that may fail, to `Result<{New}, _>`, write `try_with`"
    )]
    pub trait Becomes<New> {
        /// Itself.
        fn becomes(self) -> New;
    }

    #[diagnostic::do_not_recommend]
    impl<New> Becomes<New> for New {
        #[inline]
        fn becomes(self) -> New {
            self
        }
    }

    /// What the function of `was(…, try_with = f)` gives.
    #[diagnostic::on_unimplemented(
        message = "the function gives `{Self}`, not a `Result<{New}, _>`",
        label = "must give `Result<{New}, _>`",
        note = "`try_with` takes a function that may fail, with an error that has a text; for one to `{New}` itself write `with`"
    )]
    pub trait TryBecomes<New> {
        /// Itself, or an error that names the stored event and the field.
        ///
        /// # Errors
        ///
        /// When the function refused.
        fn becomes(self, stored: &Stored<'_>, field: &str) -> Result<New, DecodeError>;
    }

    #[diagnostic::do_not_recommend]
    impl<New, E: Into<Box<dyn Error + Send + Sync>>> TryBecomes<New> for Result<New, E> {
        #[inline]
        fn becomes(self, stored: &Stored<'_>, field: &str) -> Result<New, DecodeError> {
            self.map_err(|error| refused(stored, Some(field), error.into()))
        }
    }

    /// A field's older type, read on as its type now: by `From`.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not become `{New}` by itself",
        label = "no `From<{Self}>` for `{New}`",
        note = "add `with = f` (`fn({Self}) -> {New}`) or `try_with = f` (`fn({Self}) -> Result<{New}, _>`) to this `was(…)`, or write `impl From<{Self}> for {New}`"
    )]
    pub trait FieldInto<New> {
        /// Converts.
        fn field_into(self) -> New;
    }

    #[diagnostic::do_not_recommend]
    impl<Old, New: From<Old>> FieldInto<New> for Old {
        #[inline]
        fn field_into(self) -> New {
            New::from(self)
        }
    }
}

/// An expression that an attribute holds. What is no whole expression is an error of this macro, at the expression.
#[doc(hidden)]
#[macro_export]
macro_rules! __expression {
    ($expression:expr) => {
        $expression
    };
}

#[cfg(test)]
mod tests {
    use super::generated::unit;
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
