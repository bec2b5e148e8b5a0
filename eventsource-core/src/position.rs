//! Where an event stands in the whole log.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The place of an event in the whole log of one store.
///
/// Positions are opaque and ordered. They may have gaps, the events of one commit may share one, and they are the store's own: those of
/// two stores cannot be compared. A reader that has seen one never later finds an event below it.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Position(u64);

impl Position {
    /// Before the first event of every log.
    pub const START: Self = Self(0);
    /// After the last event that a log could hold.
    pub const END: Self = Self(u64::MAX);

    /// For stores: the position that they keep as this number.
    #[must_use]
    pub const fn from_raw(raw: u64) -> Self {
        Self(raw)
    }

    /// The least position behind it.
    pub(crate) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// For stores: the number to keep.
    #[must_use]
    pub const fn as_raw(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
