//! What a store of events promises, and the words in which the runtime asks for it.
//!
//! Every store keeps the same six promises, and [`testing::store_suite!`](crate::testing) holds each of them to its word:
//!
//! 1. A commit is one or more events to one or more streams, all or nothing, under an expected version for each stream. Exactly one of two
//!    commits that expect the same version wins; the other gets [`AppendError::Conflict`].
//! 2. Versions in a stream are 1, 2, 3 … without a gap. Positions in the whole log grow, respect each stream's order, and a reader that has
//!    seen position *p* never later finds an event below *p*.
//! 3. A commit carries an id, kept for ever and unique. The same id again returns the first answer, whatever happened to the
//!    connection in between; the same id with another fingerprint is an error.
//! 4. Stored events never change: the store refuses update and delete.
//! 5. Reading is paged or visited row by row: memory does not grow with the log. Waking is a hint.
//! 6. Names and ids from users are data, never SQL, subject or path.

mod any;
mod beside;
mod check;
mod commit;
mod error;
mod immediate;
mod read;
mod recorded;
mod view;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use uuid::Uuid;

pub use any::AnyStore;
pub use check::InvalidCommit;
pub use commit::{
    Commit, CommitRecord, Committed, Fingerprint, NewEvent, NewSnapshot, StreamCommit,
    StreamCommitted,
};
pub use error::{AppendError, StoreError, StoreErrorKind};
pub use immediate::{Immediate, ImmediateFold};
pub use read::{Detail, Direction, ReadLog, ReadStream, SnapshotRef, Visitor};
pub use recorded::{Recorded, RecordedEvent};
pub use view::{
    ColumnSpec, ColumnType, Filter, InvalidRow, Lease, Order, OutboxEntry, OutboxQuery,
    OutboxStatus, Query, Resolution, Row, Skip, Stop, TableRecord, TableVersion, Value, ViewStore,
    ViewStoreError, ViewTable, ViewWrite,
};

use crate::Position;

/// A future behind a pointer, for the traits that are used as trait objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An append-only log of events, with its snapshots.
///
/// An implementation writes each method as `async fn`. All methods may be called from any number of tasks at once.
pub trait EventStore: Send + Sync + 'static {
    /// Creates or upgrades what the store keeps, once, however many programs start at the same time. With `migrate` false nothing is
    /// written, and a schema that is missing or older is an error.
    fn prepare(&self, migrate: bool) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Appends a commit, all or nothing. Once this returns `Ok`, the commit survives any crash that the store's documentation names.
    ///
    /// The look-up of the commit's id comes before any check of versions. `recorded_at` is raised to the stream's last where it is
    /// earlier, so that it never decreases within a stream.
    ///
    /// A store that can keep read models up to date in the append's own transaction folds what the commit
    /// [brings](Commit::immediate) for it, as [`Immediate`] says. Others answer [`ViewStore::make_immediate`] with
    /// [`StoreErrorKind::Unsupported`], as it does by default, and pass over what the commit brings.
    fn append(&self, commit: Commit)
    -> impl Future<Output = Result<Committed, AppendError>> + Send;

    /// What the commit of this id did, or `None` when there is none.
    fn find_commit(
        &self,
        id: Uuid,
    ) -> impl Future<Output = Result<Option<CommitRecord>, StoreError>> + Send;

    /// Shows the events of one stream to the visitor, in the order that was asked for, and gives the visitor back. A stream without
    /// events shows nothing.
    ///
    /// With a snapshot asked for, the newest one at or below `to` that carries the same fingerprint is shown first; where the visitor
    /// takes it, events start behind it, else at `from`.
    fn read_stream<V: Visitor>(
        &self,
        read: ReadStream,
        visitor: V,
    ) -> impl Future<Output = Result<V, StoreError>> + Send;

    /// Shows the events of the whole log to the visitor, and gives the visitor back. Events that share a position are shown together: the
    /// limit may be passed by so many.
    fn read_log<V: Visitor>(
        &self,
        read: ReadLog,
        visitor: V,
    ) -> impl Future<Output = Result<V, StoreError>> + Send;

    /// The position of the last event, or [`Position::START`] for an empty log.
    fn head(&self) -> impl Future<Output = Result<Position, StoreError>> + Send;

    /// Resolves when the log may have grown beyond `after`: at once when it already has, soon after an append of this process, and
    /// after one of another process as soon as the store notices. A hint: it may resolve early, and callers look for themselves.
    fn wait(&self, after: Position) -> impl Future<Output = ()> + Send;

    /// Every pair of event name and schema version that was ever appended, in order.
    fn types(&self) -> impl Future<Output = Result<Vec<(String, u16)>, StoreError>> + Send;

    /// The read models that this store can hold beside its events, in the same database.
    fn views(&self) -> Option<Arc<dyn ViewStore>> {
        None
    }

    /// Finishes what was accepted and lets go of files and connections. Calls after it are [`StoreErrorKind::Closed`].
    fn close(&self) -> impl Future<Output = Result<(), StoreError>> + Send;
}
