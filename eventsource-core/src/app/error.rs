//! What the app's calls answer when they cannot do it. No payload is ever part of it.

use std::time::Duration;

use uuid::Uuid;

use crate::event::{DecodeError, EncodeError};
use crate::projection::{FoldFailure, RowError};
use crate::registry::RegistryErrors;
use crate::runner::ProjectionError;
use crate::store::{ColumnType, StoreError, StoreErrorKind, ViewStoreError};
use crate::{MetadataError, NameError, Position, StreamName};

/// Why a command was not carried out. Unless it says otherwise, nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExecuteError<E: std::error::Error + 'static> {
    /// The aggregate refused it, in the domain's own words.
    #[error(transparent)]
    Rejected(E),
    /// It creates its aggregate, and that exists.
    #[error(
        "stream {stream} exists, at version {version}: a command that creates it needs another id"
    )]
    AlreadyExists {
        /// The stream.
        stream: StreamName,
        /// Its version.
        version: u64,
    },
    /// Its aggregate does not exist.
    #[error(
        "stream {stream} has no events: create it first, or mark the command `creates` or `upserts`"
    )]
    NotFound {
        /// The stream.
        stream: StreamName,
    },
    /// The stream has another version than was expected, or others went first at every attempt.
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
    /// The command id was used before, for another stream, another command or another content.
    #[error(
        "command id {command_id} was used before, for another command: stream {stream} is unchanged; use a new id for a new command"
    )]
    CommandIdReused {
        /// The stream that this command goes to.
        stream: StreamName,
        /// The id.
        command_id: Uuid,
    },
    /// A read model that is folded with the append would have two rows with the same value in a unique column.
    #[error("projection {projection} has a row with this value in its unique column {column}")]
    Constraint {
        /// The projection.
        projection: String,
        /// The column.
        column: String,
    },
    /// A read model that is folded with the append cannot take an event.
    #[error(
        "projection {projection} is folded with the append and stops it: {source}; mend its fold, or make it \"eventual\""
    )]
    Fold {
        /// The projection.
        projection: String,
        /// The event, and why: one that the command led to, or, by its position, an earlier one.
        source: Box<FoldFailure>,
    },
    /// A read model of the store is folded with every append, and this program does not have its projection.
    #[error(
        "projection {projection} is folded with every append to this log, and this program does not have it: deploy one that does, or remove the read model (`ViewStore::remove`)"
    )]
    NotFolded {
        /// The projection.
        projection: String,
    },
    /// A stored event of the stream cannot be read.
    #[error("stream {stream}, version {stream_version}: {source}")]
    Decode {
        /// The stream.
        stream: StreamName,
        /// The event's place in it.
        stream_version: u64,
        /// The name that it is stored under.
        name: String,
        /// The schema version that it is stored with.
        schema_version: u16,
        /// The field, where it is known.
        field: Option<String>,
        /// Why.
        source: DecodeError,
    },
    /// An event that the command led to cannot be written.
    #[error("stream {stream}, version {stream_version}: {source}")]
    Encode {
        /// The stream.
        stream: StreamName,
        /// The place in it that the event would have had.
        stream_version: u64,
        /// Why.
        source: EncodeError,
    },
    /// The command's id cannot name a stream.
    #[error("a command for aggregate {aggregate}: {source}")]
    Id {
        /// The aggregate.
        aggregate: &'static str,
        /// What is wrong with the id.
        source: NameError,
    },
    /// The store went away, and it is not known whether the command was carried out: once or not at all.
    ///
    /// Executed again under [`commit_id`](Self::Unknown::commit_id), it is carried out once in all. Where the command came without an id, JetStream does
    /// not know that id before this program has reached the server again, so another program is not to execute it before that.
    #[error(
        "whether the command on stream {stream} was carried out is not known: execute it again in this program with `Metadata::command_id({commit_id})`, which writes nothing twice"
    )]
    Unknown {
        /// The stream.
        stream: StreamName,
        /// The id of the commit, and of the command where it had one.
        commit_id: Uuid,
        /// What happened.
        source: StoreError,
    },
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// The app was shut down.
    #[error("the app was shut down")]
    ShutDown,
}

/// Why a stream could not be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// It has no events, or none up to the time that was asked for.
    #[error("stream {stream} has no events")]
    NotFound {
        /// The stream.
        stream: StreamName,
    },
    /// It has fewer events than were asked for.
    #[error("stream {stream} is at version {head}, version {version} was asked for")]
    BeyondHead {
        /// The stream.
        stream: StreamName,
        /// The version that was asked for.
        version: u64,
        /// The version that it has.
        head: u64,
    },
    /// A stored event cannot be read.
    #[error("stream {stream}, version {stream_version}: {source}")]
    Decode {
        /// The stream.
        stream: StreamName,
        /// The event's place in it.
        stream_version: u64,
        /// The name that it is stored under.
        name: String,
        /// The schema version that it is stored with.
        schema_version: u16,
        /// The field, where it is known.
        field: Option<String>,
        /// Why.
        source: DecodeError,
    },
    /// The metadata of a stored event cannot be read.
    #[error("stream {stream}, version {stream_version}, event {name}: {source}")]
    Metadata {
        /// The stream.
        stream: StreamName,
        /// The event's place in it.
        stream_version: u64,
        /// The name that it is stored under.
        name: String,
        /// Why.
        source: MetadataError,
    },
    /// The id cannot name a stream.
    #[error("an id of aggregate {aggregate}: {source}")]
    Id {
        /// The aggregate.
        aggregate: &'static str,
        /// What is wrong with the id.
        source: NameError,
    },
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// The app was shut down.
    #[error("the app was shut down")]
    ShutDown,
}

/// Why a read model could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ViewError {
    /// This version of it is being built from the log, and does not show all of it yet.
    #[error(
        "projection {projection} is being built: it is at position {done} of {of}; wait with `.after(position)`, or ask again"
    )]
    Building {
        /// The projection.
        projection: &'static str,
        /// How far it is.
        done: Position,
        /// The log's end when its table was made.
        of: Position,
    },
    /// It has stopped before the position that was waited for.
    #[error(transparent)]
    Stopped(#[from] ProjectionError),
    /// It did not pass the position in time.
    #[error(
        "projection {projection} is at position {at} after {waited:?}, position {position} was waited for: ask again, or wait longer with `after_timeout` on the builder"
    )]
    Timeout {
        /// The projection.
        projection: &'static str,
        /// The position that was waited for.
        position: Position,
        /// The position that it reached.
        at: Position,
        /// How long it was waited for.
        waited: Duration,
    },
    /// The app was started with a registry that does not have it.
    #[error(
        "projection {projection} version {version} is not in the app's registry: link its crate (`eventsource_core::link!`) or add it to the registry"
    )]
    NotRegistered {
        /// The projection.
        projection: &'static str,
        /// Its version.
        version: u32,
    },
    /// A key cannot be written as its column's value, or a stored row cannot be read.
    #[error("projection {projection}: {source}")]
    Row {
        /// The projection.
        projection: &'static str,
        /// What is wrong.
        source: RowError,
    },
    /// A filter compares a column with a value of another type.
    #[error(
        "column {column} of projection {projection} holds {expected}, it was compared with {found}: give {}", comparable(*expected)
    )]
    Filter {
        /// The projection.
        projection: &'static str,
        /// The column.
        column: String,
        /// What the column holds.
        expected: ColumnType,
        /// What it was compared with.
        found: ColumnType,
    },
    /// A page begins behind a key, and its rows come in another order than that of the keys.
    #[error(
        "rows of projection {projection} are ordered by {column}, in which a key has no place: go on behind the last row of the page before, with `.after_row(&row)`"
    )]
    Page {
        /// The projection.
        projection: &'static str,
        /// The column that the rows are ordered by.
        column: String,
    },
    /// What is to be passed over was folded already: a skip would hold for rebuilds alone, which would come to other rows.
    #[error(
        "projection {projection} has folded position {position} already: only what it has not passed can be passed over; a row that is wrong is put right by an event, or by a mended fold and a rebuild"
    )]
    Folded {
        /// The projection.
        projection: &'static str,
        /// The position that it was to pass over.
        position: Position,
    },
    /// Nothing stands yet where it is to pass something over: the skip would hold for whatever comes to stand there.
    #[error(
        "projection {projection} cannot pass over position {position}: the log ends at {head}, give the position of an event that is in it"
    )]
    NothingThere {
        /// The projection.
        projection: &'static str,
        /// The position that it was to pass over.
        position: Position,
        /// Where the log ends.
        head: Position,
    },
    /// It is being rebuilt already, in this program or in another one.
    #[error(
        "projection {projection} is being rebuilt already: wait for that to end, or for {ends_in:?} where the program that did it has died"
    )]
    Rebuilding {
        /// The projection.
        projection: &'static str,
        /// How long the lease of whoever rebuilds it lasts.
        ends_in: Duration,
    },
    /// A process manager is not rebuilt: the refusals that it has reacted to are not in the log.
    #[error(
        "{projection} is a process manager, which is not rebuilt, since the refusals that it has reacted to are not in the log: raise its version, and its state is built anew without sending anything twice"
    )]
    NotRebuilt {
        /// The process manager.
        projection: &'static str,
    },
    /// Appends moved a read model that they fold on and on, so that the rebuilt one never caught up with it. The served one is as it was.
    #[error(
        "projection {projection} is folded by appends, and there were too many of them for its rebuilt rows to catch up: resume the rebuild when fewer commands are executed"
    )]
    TooBusy {
        /// The projection.
        projection: &'static str,
    },
    /// A version was to be removed that is still in use.
    #[error(
        "version {version} of projection {projection} is still in use: by this program, or by one that feeds it; stop the programs that have it first"
    )]
    InUse {
        /// The projection.
        projection: &'static str,
        /// The version that was to be removed.
        version: u32,
    },
    /// The table cannot be read as the projection's.
    #[error(transparent)]
    Table(ViewStoreError),
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// The app was shut down.
    #[error("the app was shut down")]
    ShutDown,
}

/// Why the app as a whole could not answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// A projection has stopped.
    #[error(transparent)]
    Stopped(#[from] ProjectionError),
    /// A projection's table cannot be read.
    #[error(transparent)]
    Table(ViewStoreError),
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// The app was shut down.
    #[error("the app was shut down")]
    ShutDown,
}

/// Why the app could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The declarations contradict each other.
    #[error(transparent)]
    Registry(#[from] RegistryErrors),
    /// The log holds event types that this program does not declare.
    #[error(
        "the log holds {}, which this program does not declare: link the crate that does (`eventsource_core::link!`), deploy a newer program, or pass them over with `allow_unknown`",
        listed(types)
    )]
    UnknownTypes {
        /// Their names and schema versions.
        types: Vec<(String, u16)>,
    },
    /// A projection is to be folded in the append's own transaction, and its read model is not kept where that can be done.
    #[error(
        "projection {projection} is declared `consistency = \"immediate\"`, so its read model must be in the store of the events, and that store must be able to fold it there: start without `views(…)`, or make it \"eventual\" and read it with `.after(receipt.position())`"
    )]
    Immediate {
        /// The projection.
        projection: &'static str,
    },
    /// A projection that is to be folded in the append's own transaction cannot take an event that is in the log.
    #[error(transparent)]
    Stopped(#[from] ProjectionError),
    /// There is nowhere to keep read models.
    #[error(
        "projection {projection} has nowhere to be kept: the store holds no read models, give the builder one that does with `views(…)`"
    )]
    NoViews {
        /// One of the projections.
        projection: &'static str,
    },
    /// A projection's table cannot be made or gone on with.
    #[error(transparent)]
    Table(#[from] ViewStoreError),
    /// The app was not started from within a tokio runtime, which its projections need.
    #[error(
        "projections need a tokio runtime: call `start` from within one, or start the app with `runner(false)`"
    )]
    NoRuntime,
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn listed(types: &[(String, u16)]) -> String {
    let types: Vec<String> = types
        .iter()
        .map(|(name, version)| format!("{name} version {version}"))
        .collect();
    types.join(", ")
}

/// A failure of the store; a closed one means that the app was shut down.
macro_rules! from_store {
    ($($error:ident $(<$parameter:ident>)?),*) => {$(
        impl $(<$parameter: std::error::Error + 'static>)? From<StoreError> for $error $(<$parameter>)? {
            fn from(error: StoreError) -> Self {
                match error.kind() {
                    StoreErrorKind::Closed => Self::ShutDown,
                    _ => Self::Store(error),
                }
            }
        }
    )*};
}
from_store!(ExecuteError<E>, LoadError, ViewError, AppError);

macro_rules! from_view_store {
    ($($error:ident),*) => {$(
        impl From<ViewStoreError> for $error {
            fn from(error: ViewStoreError) -> Self {
                match error {
                    ViewStoreError::Store(error) => error.into(),
                    error => Self::Table(error),
                }
            }
        }
    )*};
}
from_view_store!(ViewError, AppError);

/// What a column of this type is compared with, in words.
fn comparable(column: ColumnType) -> &'static str {
    match column {
        ColumnType::Integer => "a whole number of at most 64 bits with its sign",
        ColumnType::Real => "an `f64`, such as 1.0",
        ColumnType::Boolean => "a `bool`",
        ColumnType::Text => "a text",
        ColumnType::Bytes => "bytes",
        ColumnType::Timestamp => "a `Timestamp`",
        ColumnType::Uuid => "a `Uuid`",
        _ => "the name of a variant, or the text, number or `bool` that it is kept as",
    }
}
