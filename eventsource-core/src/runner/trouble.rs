//! What went wrong in a step, by what is to be done about it.

use super::ProjectionFailure;
use crate::projection::{FoldCause, FoldFailure};
use crate::store::{StoreError, StoreErrorKind, ViewStoreError};

/// What went wrong.
pub(super) enum Trouble {
    /// This event cannot be read or folded.
    Event(Box<FoldFailure>),
    /// A row cannot be written, for one of the events of the stretch.
    Row(FoldCause),
    /// Another runner has moved the checkpoint.
    Fenced,
    /// Another runner has taken the lease over, or an operator has ordered something.
    Deposed,
    /// The table was removed.
    Gone,
    /// A store failed.
    Store(ProjectionFailure),
}

impl Trouble {
    pub(super) fn log(error: StoreError) -> Self {
        Self::Store(ProjectionFailure::Log(error))
    }

    /// Of a write, which may have been refused for what is in it.
    pub(super) fn write(error: ViewStoreError) -> Self {
        let refused = match &error {
            ViewStoreError::Constraint { .. } => true,
            ViewStoreError::Store(error) => matches!(
                error.kind(),
                StoreErrorKind::Invalid | StoreErrorKind::TooLarge
            ),
            _ => false,
        };
        if refused {
            Self::Row(FoldCause::Refused(error))
        } else {
            error.into()
        }
    }

    /// Whether the store was closed, so that there is nothing more to do.
    pub(super) fn is_closed(&self) -> bool {
        matches!(
            self,
            Self::Store(
                ProjectionFailure::Log(error)
                    | ProjectionFailure::Table(ViewStoreError::Store(error))
            ) if error.kind() == StoreErrorKind::Closed
        )
    }
}

impl From<ViewStoreError> for Trouble {
    fn from(error: ViewStoreError) -> Self {
        match error {
            ViewStoreError::Fenced { .. } => Self::Fenced,
            ViewStoreError::Deposed { .. } => Self::Deposed,
            ViewStoreError::NotOpen { .. } => Self::Gone,
            error => Self::Store(ProjectionFailure::Table(error)),
        }
    }
}
