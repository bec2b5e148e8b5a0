//! Why a store of read models could not do it.

use super::ViewTable;
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
    /// The term under which it was to be written has ended: another runner has taken the lease over, of the table or of the outbox, or an
    /// operator has ordered something that every runner has to hear of. Nothing was written.
    #[error(
        "projection {projection} was to be written under a term that has ended: its lease was taken over, or what it passes over was changed"
    )]
    Deposed {
        /// The projection.
        projection: String,
    },
    /// There is no such table: it was not opened, or removed since. Opened, it begins anew.
    #[error(
        "projection {projection} version {version} has no {}: open it first; where there was one, it was removed",
        if *shadow { "shadow" } else { "table" }
    )]
    NotOpen {
        /// The projection.
        projection: String,
        /// Its version.
        version: u32,
        /// Whether it is the one that a rebuild fills.
        shadow: bool,
    },
    /// A position was to be passed over that the table has folded. Nothing was written.
    #[error(
        "projection {projection} is at position {checkpoint} and cannot pass over position {position}: it has folded it"
    )]
    Folded {
        /// The projection.
        projection: String,
        /// The position that it was to pass over.
        position: Position,
        /// Where it is.
        checkpoint: Position,
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

impl ViewStoreError {
    /// For stores: there is no such table.
    #[must_use]
    pub fn not_open(table: &ViewTable) -> Self {
        Self::NotOpen {
            projection: table.name.clone(),
            version: table.version,
            shadow: table.shadow,
        }
    }
}
