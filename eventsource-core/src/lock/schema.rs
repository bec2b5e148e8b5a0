//! How the versions of a stored type are read, behind function pointers.

use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;

use crate::Command;
use crate::event::{
    DecodeError, DecodeErrorKind, Decoded, Encode, Event, Fold, ReplayInto, Stored,
};
use crate::shape::Shape;

/// The way into an event type's own code, whatever its Rust type is.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    at: usize,
    shape: fn(usize, u16) -> Option<Shape>,
    read: fn(&Stored<'_>) -> Result<Vec<Reading>, DecodeError>,
    decode: fn(&Stored<'_>) -> Result<(), DecodeError>,
}

/// One event that a stored event is read as.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reading {
    pub(crate) name: String,
    pub(crate) version: u16,
    /// Its value as JSON; `None` when it has no JSON form.
    pub(crate) value: Option<Value>,
}

/// Takes the events that a stored one is read as.
#[derive(Debug, Default)]
pub struct Recorder(Vec<Reading>);

impl<E: Encode> Fold<E> for Recorder {
    fn fold(&mut self, event: E) {
        let event_type = event.event_type();
        self.0.push(Reading {
            name: event_type.name.to_owned(),
            version: event_type.version,
            value: event.record(),
        });
    }
}

fn read<E: ReplayInto<Recorder>>(stored: &Stored<'_>) -> Result<Vec<Reading>, DecodeError> {
    let mut recorder = Recorder::default();
    E::read(stored, &mut recorder)?;
    Ok(recorder.0)
}

fn decode<E: Event>(stored: &Stored<'_>) -> Result<(), DecodeError> {
    E::decode(stored).map(drop)
}

fn read_parts<E: Event>(stored: &Stored<'_>) -> Result<Vec<Reading>, DecodeError> {
    let mut recorder = Recorder::default();
    E::read_parts(stored, &mut recorder)?;
    Ok(recorder.0)
}

impl Schema {
    pub(crate) const fn of_split<E: Event>(at: usize) -> Self {
        Self {
            at,
            shape: E::shape,
            read: read_parts::<E>,
            decode: decode::<E>,
        }
    }

    pub(crate) const fn of<E: Event + ReplayInto<Recorder>>(at: usize) -> Self {
        Self {
            at,
            shape: E::shape,
            read: read::<E>,
            decode: decode::<E>,
        }
    }

    /// What is read at this version; `None` where nothing is.
    pub(crate) fn shape(self, version: u16) -> Option<Shape> {
        shape_of(|| (self.shape)(self.at, version))
    }

    /// Decodes a stored event, and forgets it.
    pub(crate) fn decode(self, stored: &Stored<'_>) -> Result<(), DecodeError> {
        guarded(stored, || (self.decode)(stored))
    }

    /// What a stored event is read as, by the way that every reader goes.
    pub(crate) fn read(self, stored: &Stored<'_>) -> Result<Vec<Reading>, DecodeError> {
        guarded(stored, || (self.read)(stored))
    }
}

/// Reads, where code of the user's may panic: that is an error of this one payload, and the rest is looked at all the same.
fn guarded<T>(
    stored: &Stored<'_>,
    read: impl FnOnce() -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        let kind = DecodeErrorKind::Panicked;
        Err(DecodeError::new(stored.name, stored.version, None, kind))
    })
}

/// A shape, where the user's own examples may panic.
fn shape_of(shape: impl FnOnce() -> Option<Shape>) -> Option<Shape> {
    catch_unwind(AssertUnwindSafe(shape)).unwrap_or_else(|_| Some(Shape::panicked()))
}

/// The way into the code of a command that is stored.
#[derive(Debug, Clone, Copy)]
pub struct CommandSchema {
    shape: fn(u16) -> Option<Shape>,
    read: fn(&Stored<'_>) -> Result<Option<Value>, DecodeError>,
}

impl CommandSchema {
    /// That of a command.
    #[must_use]
    pub const fn of<C: Command>() -> Self {
        Self {
            shape: C::shape,
            read: read_command::<C>,
        }
    }

    /// What is read at this version; `None` where nothing is.
    pub(crate) fn shape(self, version: u16) -> Option<Shape> {
        shape_of(|| (self.shape)(version))
    }

    /// What a stored command is read as; `None` when it has no JSON form.
    pub(crate) fn read(self, stored: &Stored<'_>) -> Result<Option<Value>, DecodeError> {
        guarded(stored, || (self.read)(stored))
    }
}

fn read_command<C: Command>(stored: &Stored<'_>) -> Result<Option<Value>, DecodeError> {
    let Decoded::Event(command) = C::decode(stored)? else {
        return Ok(None);
    };
    let content = command.content();
    Ok(content.and_then(|content| serde_json::from_slice(&content).ok()))
}

/// A value of a type that is read and no longer written: it is told as JSON where its type still can.
#[doc(hidden)]
#[derive(Debug)]
pub struct Written<'a, T>(pub &'a T);

#[doc(hidden)]
pub trait RecordSerde {
    fn record(&self) -> Option<Value>;
}

impl<T: serde::Serialize> RecordSerde for Written<'_, T> {
    fn record(&self) -> Option<Value> {
        serde_json::to_value(self.0).ok()
    }
}

#[doc(hidden)]
pub trait RecordAnything {
    fn record(&self) -> Option<Value>;
}

impl<T> RecordAnything for &Written<'_, T> {
    fn record(&self) -> Option<Value> {
        None
    }
}

/// An event that is read as others.
#[doc(hidden)]
#[derive(Debug)]
pub struct Parts<E>(PhantomData<fn() -> E>);

impl<E> Parts<E> {
    pub const NEW: Self = Self(PhantomData);
}

#[doc(hidden)]
pub trait ReadParts {
    /// Reads the parts.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    fn read(&self, stored: &Stored<'_>, recorder: &mut Recorder) -> Result<(), DecodeError>;
}

impl<E: ReplayInto<Recorder>> ReadParts for Parts<E> {
    fn read(&self, stored: &Stored<'_>, recorder: &mut Recorder) -> Result<(), DecodeError> {
        E::read(stored, recorder).map(|_| ())
    }
}

#[doc(hidden)]
pub trait ReadNothing {
    /// Nothing, where a part is no event.
    ///
    /// # Errors
    ///
    /// None.
    fn read(&self, stored: &Stored<'_>, recorder: &mut Recorder) -> Result<(), DecodeError>;
}

impl<E> ReadNothing for &Parts<E> {
    fn read(&self, _: &Stored<'_>, _: &mut Recorder) -> Result<(), DecodeError> {
        Ok(())
    }
}
