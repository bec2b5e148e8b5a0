//! Events that an operator lets a projection pass over.

use crate::{Position, Timestamp};

/// A position at which a projection folds nothing, on record for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skip {
    /// Where. Events that share the position are passed over together.
    pub position: Position,
    /// Why, in the operator's words.
    pub reason: String,
    /// When it was ordered, by the app's clock.
    pub ordered_at: Timestamp,
}

impl Skip {
    /// Passes over what stands at `position`.
    pub fn new(position: Position, reason: impl Into<String>, ordered_at: Timestamp) -> Self {
        Self {
            position,
            reason: reason.into(),
            ordered_at,
        }
    }
}
