//! Why a store of read models could not do it.

use crate::Position;
use crate::store::StoreError;

/// Why a store of read models could not do it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ViewStoreError {
    /// Another runner has moved the checkpoint: its rows are newer than ours. Nothing was written.
    #[error(
        "projection {projection} is at position {actual}, {expected} was expected: another runner feeds it"
    )]
    Fenced {
        /// The projection.
        projection: String,
        /// The checkpoint that was expected.
        expected: Position,
        /// The stored one.
        actual: Position,
    },
    /// Another runner has taken the lease over. Nothing was written.
    #[error("projection {projection} is fed by another runner: its lease was taken over")]
    Deposed {
        /// The projection.
        projection: String,
    },
    /// The table of this name and version was made from another struct, key or list of events.
    #[error(
        "projection {projection} version {version} has changed under the same version, raise its version: {difference}"
    )]
    Changed {
        /// The projection.
        projection: String,
        /// Its version.
        version: u32,
        /// What differs, in words.
        difference: String,
    },
    /// Two rows would have the same value in a unique column. Nothing was written.
    #[error(
        "projection {projection} would have two rows with the same value in its unique column {column}"
    )]
    Constraint {
        /// The projection.
        projection: String,
        /// The column.
        column: String,
    },
    /// The read model has no such column.
    #[error("projection {projection} has no column {column}: it has {columns}")]
    NoSuchColumn {
        /// The projection.
        projection: String,
        /// The name that was asked for.
        column: String,
        /// Those that there are.
        columns: String,
    },
    /// The store itself failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
