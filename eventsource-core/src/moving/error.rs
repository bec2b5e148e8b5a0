//! What can go wrong while a log is moved.

use crate::Position;
use crate::store::{AppendError, StoreError, ViewStoreError};

/// Why a log was not moved, or not wholly.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MoveError {
    /// A store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A store of read models failed.
    #[error(transparent)]
    Views(#[from] ViewStoreError),
    /// The new store does not take events.
    #[error(
        "the events from stream {stream} version {version} on were not taken: {source}; where the store has other events already, move the log into an empty one"
    )]
    Append {
        /// The stream of the first of them.
        stream: String,
        /// Its place in the stream, from 1.
        version: u64,
        /// Why.
        source: AppendError,
    },
    /// The file, or whatever the lines are read from or written to, failed.
    #[error("{doing} failed after {events} events: go on from there once its cause is mended")]
    Io {
        /// Reading or writing.
        doing: &'static str,
        /// How many events were read or written before.
        events: u64,
        /// The cause.
        source: std::io::Error,
    },
    /// A line is not one of an exported log.
    #[error("line {line} is no line of an exported log: {what}")]
    Line {
        /// The line, from 1.
        line: u64,
        /// Why.
        what: String,
    },
    /// A line is not the one that was written behind those before it.
    #[error(
        "line {line} does not follow from the lines before it: the file was edited, or lines are missing or in another order; export the log again"
    )]
    Broken {
        /// The line, from 1.
        line: u64,
    },
    /// The lines end before the log's end.
    #[error(
        "the lines end after {events} events, without the line that counts them: the export was interrupted; go on with it from its last line, and import again"
    )]
    Incomplete {
        /// How many whole lines of events there are.
        events: u64,
    },
    /// The lines are of a newer release.
    #[error("the lines are of format {found}, this release reads format 1: use a newer release")]
    Newer {
        /// Their format.
        found: u64,
    },
    /// The new store has a log of its own.
    #[error("the new store has events that are not of this log: move the log into an empty store")]
    NotEmpty,
    /// A read model in the new store is somewhere else already.
    #[error(
        "projection {projection} is at position {actual} in the new store, and would be put at {wanted}: remove it there (`ViewStore::remove`), or leave it as it is"
    )]
    ReadModel {
        /// The projection.
        projection: String,
        /// Its checkpoint.
        actual: Position,
        /// What it would be.
        wanted: Position,
    },
}
