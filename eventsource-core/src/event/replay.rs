//! From a stored event on to whoever reads it: an aggregate's state, or what collects events.

use super::{DecodeError, Decoded, EncodeError, Event, EventType, Stored};

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
    note = "write `#[derive(Event, serde::Serialize, serde::Deserialize)]` and `#[event(name = \"…\")]` on `{Self}`"
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
