//! What can go wrong in a store.

use std::error::Error;
use std::fmt;

use uuid::Uuid;

use crate::StreamName;
use crate::projection::FoldFailure;

/// What kind of failure it was, for programs to act upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The store cannot be reached, or the file cannot be opened.
    Unavailable,
    /// Others held it for longer than the configured wait.
    Busy,
    /// No space is left.
    Full,
    /// It cannot be written to.
    ReadOnly,
    /// It refuses this user: a wrong password, or a right that the role lacks.
    Denied,
    /// What is stored is not what this store writes.
    Corrupt,
    /// It was written by a newer release.
    NewerSchema,
    /// It was written by an older release, or never prepared, and migrating was not allowed.
    OlderSchema,
    /// The payload, the commit or the id is larger than it takes.
    TooLarge,
    /// The request breaks a rule that every store has.
    Invalid,
    /// This store cannot do it.
    Unsupported,
    /// It was closed.
    Closed,
    /// Anything else; the source says more.
    Other,
}

/// A failure of a store: what was tried, on what, why it failed, and what to do.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    place: String,
    what: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// A failure at `place` (`"sqlite file bank.db"`), with what went wrong and what to do in `what`. It must not hold a payload.
    pub fn new(kind: StoreErrorKind, place: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            kind,
            place: place.into(),
            what: what.into(),
            source: None,
        }
    }

    /// Adds the cause. It must not hold a payload.
    #[must_use]
    pub fn source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What kind of failure it was.
    #[must_use]
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// Where it happened.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What went wrong and what to do, without the place.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// Why a commit was not appended, or not known to be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// The stream has another version than was expected. Nothing was written.
    #[error(
        "stream {stream} is at version {actual}, version {expected} was expected: load it again and decide anew"
    )]
    Conflict {
        /// The stream.
        stream: StreamName,
        /// The version that was expected.
        expected: u64,
        /// The version that it has.
        actual: u64,
    },
    /// The id was used by a commit of other content. Nothing was written.
    #[error(
        "commit id {commit_id} was used before, for another content: use a new id for a new commit"
    )]
    CommitIdReused {
        /// The id.
        commit_id: Uuid,
    },
    /// The store went away before it answered: the commit is there once or not at all. Append it again under the same id, or ask
    /// [`find_commit`](super::EventStore::find_commit), to learn which.
    #[error(
        "whether commit {commit_id} was written is not known: append it again under the same id"
    )]
    Unknown {
        /// The id.
        commit_id: Uuid,
        /// What happened.
        source: StoreError,
    },
    /// A read model that is folded with the append would have two rows with the same value in a unique column. Nothing was written.
    #[error("projection {projection} has a row with this value in its unique column {column}")]
    Constraint {
        /// The projection.
        projection: String,
        /// The column.
        column: String,
    },
    /// A read model that is folded with the append cannot take an event: one of the commit's, or, by its position, an earlier one that a
    /// program of another version has left to this one. Nothing was written.
    #[error(
        "projection {projection} is folded with the append and stops it: {source}; mend its fold, or make it \"eventual\""
    )]
    Fold {
        /// The projection.
        projection: String,
        /// The event, and why.
        source: Box<FoldFailure>,
    },
    /// A read model of this store is folded with every append, and this commit does not bring it. Nothing was written.
    #[error(
        "projection {projection} is folded with every append to this log, and this program does not have it: deploy one that does, or remove the read model (`ViewStore::remove`)"
    )]
    NotFolded {
        /// The projection.
        projection: String,
    },
    /// Nothing was written.
    #[error(transparent)]
    Store(#[from] StoreError),
}
