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
    /// Another version of a process manager has sent what this one would send again.
    #[error(
        "process manager {process} has come to position {passed} in another version than {version}, which is moved: start a program of version {version} on the old store and end it once it has caught up (`App::settled`), or move with the program of the other version"
    )]
    ProcessManagerBehind {
        /// The process manager.
        process: String,
        /// The version that the registry has.
        version: u32,
        /// How far another version has come in the old store.
        passed: Position,
    },
    /// An event that a read model is to pass over shares its position in the new store with others, which it is not to pass over.
    #[error(
        "projection {projection} is to pass over the event at position {position}, which has one position with others of its commit in the new store: leave the projection out of the registry that is given, or raise its version, which begins without skips"
    )]
    Skip {
        /// The projection.
        projection: String,
        /// The event's position in the old store.
        position: Position,
    },
    /// A read model has folded a part of a commit that has one position in the new store.
    #[error(
        "projection {projection} stands at position {position}, within a commit that has one position in the new store: let it go on in the old store, past what it may have stopped at, and move again; or leave it out of the registry that is given"
    )]
    WithinCommit {
        /// The projection.
        projection: String,
        /// Its checkpoint in the old store.
        position: Position,
    },
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
