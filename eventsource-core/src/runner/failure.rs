//! Why a projection has stopped.

use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

use crate::Position;
use crate::projection::FoldFailure;
use crate::registry::ProjectionDescriptor;
use crate::store::{Stop, StoreError, ViewStoreError};

/// What stands in a projection's way.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectionFailure {
    /// An event that it cannot read, fold or write.
    #[error(transparent)]
    Event(#[from] Box<FoldFailure>),
    /// The log cannot be read.
    #[error("the log cannot be read: {0}")]
    Log(#[source] StoreError),
    /// Its rows hold more than the log does: the log was restored from an older backup than they were. It stays here, since the events that
    /// are appended now would be taken for those that the rows hold already.
    #[error(
        "its rows hold the log up to position {checkpoint}, and the log ended at position {head}: restore both from backups of the same time, or remove the read model with `ViewStore::remove`, and it is built anew from this log"
    )]
    AheadOfLog {
        /// Up to where the rows hold the log.
        checkpoint: Position,
        /// Where the log ended when this was found.
        head: Position,
    },
    /// A command that it sent cannot be carried out for now. It waits in the outbox, with its instance's others behind it, and is tried again.
    #[error("the command {command} ({id}) cannot be carried out for now: {cause}")]
    Command {
        /// The name that it is stored under.
        command: String,
        /// Its id.
        id: Uuid,
        /// Why.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Something panicked in its runner, beside the folds. The message is not kept, since it may hold a payload.
    #[error(
        "its runner panicked: what the panic said went to the program's stderr, and it is tried again from its stored checkpoint"
    )]
    Panic,
    /// Another program feeds it, and has put on record that it does not go on, and why.
    #[error("{}", .0.cause)]
    OnRecord(Stop),
    /// Its table cannot be read or written.
    #[error("its table cannot be read or written: {0}")]
    Table(#[source] ViewStoreError),
}

/// A projection that does not go on, and why. Nothing was skipped: it is tried again from where it stands. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ProjectionError {
    projection: &'static str,
    version: u32,
    failure: Arc<ProjectionFailure>,
}

impl ProjectionError {
    pub(crate) fn new(
        descriptor: &ProjectionDescriptor,
        failure: impl Into<ProjectionFailure>,
    ) -> Self {
        Self {
            projection: descriptor.name,
            version: descriptor.version,
            failure: Arc::new(failure.into()),
        }
    }

    /// The projection's name.
    #[must_use]
    pub fn projection(&self) -> &'static str {
        self.projection
    }

    /// The projection's version.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// What stands in its way.
    #[must_use]
    pub fn failure(&self) -> &ProjectionFailure {
        &self.failure
    }

    /// The event that it cannot pass, where it is an event that this program has met.
    #[must_use]
    pub fn event(&self) -> Option<&FoldFailure> {
        match self.failure() {
            ProjectionFailure::Event(event) => Some(event),
            _ => None,
        }
    }

    /// Whether it is the very same failure.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.failure, &other.failure)
    }

    /// Whether its rows stand still too. Where it is a command that cannot be carried out, they do not.
    pub(crate) fn holds_up_rows(&self) -> bool {
        !matches!(self.failure(), ProjectionFailure::Command { .. })
    }

    /// Whether its rows hold more than the log does.
    pub(crate) fn is_ahead_of_log(&self) -> bool {
        matches!(self.failure(), ProjectionFailure::AheadOfLog { .. })
    }

    /// Where in the log the event stands that it cannot pass, whichever program has met it.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        match self.failure() {
            ProjectionFailure::Event(event) => Some(event.position),
            ProjectionFailure::OnRecord(stop) => stop.position,
            _ => None,
        }
    }
}

impl fmt::Display for ProjectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "projection {} version {} has stopped: {}",
            self.projection, self.version, self.failure
        )
    }
}

impl std::error::Error for ProjectionError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.failure)
    }
}
