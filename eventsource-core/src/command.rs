//! Commands: requests to one aggregate, in the imperative.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Aggregate;
use crate::event::{DecodeError, Decoded, Stored, decoding};
use crate::json;
use crate::registry::CommandDescriptor;
use crate::shape::{self, Shape};

/// Whether the stream that a command goes to must have events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Existence {
    /// It must exist: the default.
    Required,
    /// It must not exist: `creates`.
    Forbidden,
    /// It may or may not: `upserts`.
    Optional,
}

/// A request to one aggregate.
///
/// Written by `#[derive(Command)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a command",
    label = "not a command",
    note = "write `#[derive(Command, Clone)]` and `#[command(aggregate = …)]` on `{Self}`, and `#[command(id)]` on the field that holds the id"
)]
pub trait Command: Clone + Send + Sync + 'static {
    /// Who decides on it.
    type Aggregate: Aggregate;

    /// What the registry knows of it.
    #[doc(hidden)]
    const DESCRIPTOR: &'static CommandDescriptor;

    /// The id of the aggregate that it goes to.
    fn id(&self) -> &<Self::Aggregate as Aggregate>::Id;

    /// Whether that aggregate must have events.
    fn existence(&self) -> Existence;

    /// The name that repetitions are compared by and that traces show: the stored name where there is one, else the Rust name, with the
    /// variant's behind it.
    fn name(&self) -> &'static str;

    /// The content that repetitions are compared by, where the command is serde.
    #[doc(hidden)]
    fn content(&self) -> Option<Vec<u8>>;

    /// Reads a stored command of any declared version. [`Decoded::Foreign`]: it was stored under another name, or this one never is.
    ///
    /// # Errors
    ///
    /// When the version was never declared, or the payload is not what that version was declared to be.
    #[doc(hidden)]
    fn decode(stored: &Stored<'_>) -> Result<Decoded<Self>, DecodeError> {
        let _ = stored;
        Ok(Decoded::Foreign)
    }

    /// For generated code: what is read of a stored command of this version; `None` where nothing is.
    #[doc(hidden)]
    #[must_use]
    fn shape(version: u16) -> Option<Shape> {
        let _ = version;
        None
    }
}

/// What comes of a stored command of a version that was never declared.
///
/// # Errors
///
/// Always.
#[doc(hidden)]
#[cold]
pub fn beyond_command<C: Command>(stored: &Stored<'_>) -> Result<Decoded<C>, DecodeError> {
    Err(decoding::version_above(stored, C::DESCRIPTOR.version))
}

/// The command's id is of the aggregate's id type.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the id of this command is `{Self}`, its aggregate's id is `{Id}`",
    label = "must be `{Id}`",
    note = "give the `#[command(id)]` field the type that stands in `#[aggregate(id = …)]`"
)]
pub trait SameAs<Id> {
    /// Itself.
    fn same(&self) -> &Id;
}

#[diagnostic::do_not_recommend]
impl<Id> SameAs<Id> for Id {
    fn same(&self) -> &Id {
        self
    }
}

/// Finds, in generated code, whether a command is serde: `(&Content(&command)).content()` picks the first impl that applies.
#[doc(hidden)]
#[derive(Debug)]
pub struct Content<'a, C>(pub &'a C);

/// For commands that are serde.
#[doc(hidden)]
pub trait SerdeContent {
    /// Their JSON, where it would be read again as the same command.
    fn content(&self) -> Option<Vec<u8>>;
}

impl<C: Serialize> SerdeContent for Content<'_, C> {
    fn content(&self) -> Option<Vec<u8>> {
        json::to_vec(self.0).ok()
    }
}

/// For all others.
#[doc(hidden)]
pub trait NoContent {
    /// Nothing.
    fn content(&self) -> Option<Vec<u8>> {
        None
    }
}

impl<C> NoContent for &Content<'_, C> {}

/// Finds, in generated code, whether a stored command can be read: `(&Reading::<C>::NEW).read(stored)` picks the first impl that applies. That a
/// process manager sends none that cannot is checked at its list.
#[doc(hidden)]
#[derive(Debug)]
pub struct Reading<C>(PhantomData<fn() -> C>);

impl<C> Reading<C> {
    /// The reading.
    pub const NEW: Self = Self(PhantomData);
}

/// For commands that are serde.
#[doc(hidden)]
pub trait SerdeReading<C> {
    /// The command from its JSON.
    ///
    /// # Errors
    ///
    /// When it is none.
    fn read(&self, stored: &Stored<'_>) -> Result<Decoded<C>, DecodeError>;

    /// What it reads.
    fn shape(&self) -> Option<Shape>;
}

impl<C: Serialize + DeserializeOwned> SerdeReading<C> for Reading<C> {
    fn read(&self, stored: &Stored<'_>) -> Result<Decoded<C>, DecodeError> {
        decoding::json(stored).map(Decoded::Event)
    }

    fn shape(&self) -> Option<Shape> {
        Some(shape::trace::<C>())
    }
}

/// For all others, which are never stored.
#[doc(hidden)]
pub trait NoReading<C> {
    /// Nothing.
    ///
    /// # Errors
    ///
    /// None.
    fn read(&self, _: &Stored<'_>) -> Result<Decoded<C>, DecodeError> {
        Ok(Decoded::Foreign)
    }

    /// Nothing.
    fn shape(&self) -> Option<Shape> {
        None
    }
}

impl<C> NoReading<C> for &Reading<C> {}
