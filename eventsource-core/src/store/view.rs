//! What a store of read models promises.

use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

use super::{BoxFuture, Fingerprint, StoreError};
use crate::{Position, Timestamp};

/// The type of a read model's column, for the store to choose its own from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ColumnType {
    /// A whole number.
    Integer,
    /// A floating-point number.
    Real,
    /// True or false.
    Boolean,
    /// UTF-8.
    Text,
    /// Bytes.
    Bytes,
    /// Microseconds since 1970, UTC.
    Timestamp,
    /// A UUID.
    Uuid,
    /// Anything else, as JSON in UTF-8.
    Json,
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Integer => "integer",
            Self::Real => "real",
            Self::Boolean => "boolean",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Timestamp => "timestamp",
            Self::Uuid => "uuid",
            Self::Json => "json",
        })
    }
}

/// One column's content. Its `Debug` shows the type, never the content.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// A floating-point number.
    Real(f64),
    /// True or false.
    Boolean(bool),
    /// UTF-8.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A time.
    Timestamp(Timestamp),
    /// A UUID.
    Uuid(Uuid),
    /// JSON in UTF-8.
    Json(String),
}

impl Value {
    /// Its type; `None` for null.
    #[must_use]
    pub fn column_type(&self) -> Option<ColumnType> {
        Some(match self {
            Self::Null => return None,
            Self::Integer(_) => ColumnType::Integer,
            Self::Real(_) => ColumnType::Real,
            Self::Boolean(_) => ColumnType::Boolean,
            Self::Text(_) => ColumnType::Text,
            Self::Bytes(_) => ColumnType::Bytes,
            Self::Timestamp(_) => ColumnType::Timestamp,
            Self::Uuid(_) => ColumnType::Uuid,
            Self::Json(_) => ColumnType::Json,
        })
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column_type() {
            Some(column_type) => write!(f, "<{column_type}>"),
            None => f.write_str("null"),
        }
    }
}

// Floating-point keys are compared by their bits, so that a map of rows is lawful for them too.
impl Eq for Value {}

impl std::hash::Hash for Value {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::Null => {}
            Self::Integer(value) => value.hash(state),
            Self::Real(value) => value.to_bits().hash(state),
            Self::Boolean(value) => value.hash(state),
            Self::Text(value) | Self::Json(value) => value.hash(state),
            Self::Bytes(value) => value.hash(state),
            Self::Timestamp(value) => value.hash(state),
            Self::Uuid(value) => value.hash(state),
        }
    }
}

/// A row: a value for each column, in the order of the table's columns.
pub type Row = Vec<Value>;

/// A column of a read model.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
// Four facts that go in any combination are no state machine.
#[allow(clippy::struct_excessive_bools)]
pub struct ColumnSpec {
    /// Its name.
    pub name: String,
    /// Its type.
    pub column_type: ColumnType,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether it is the primary key. At most one column is.
    pub key: bool,
    /// Whether it has an index.
    pub index: bool,
    /// Whether no two rows may have the same value.
    pub unique: bool,
}

impl ColumnSpec {
    /// A plain column.
    pub fn new(name: impl Into<String>, column_type: ColumnType, nullable: bool) -> Self {
        Self {
            name: name.into(),
            column_type,
            nullable,
            key: false,
            index: false,
            unique: false,
        }
    }

    /// Makes it the primary key.
    #[must_use]
    pub fn key(mut self, yes: bool) -> Self {
        self.key = yes;
        self
    }

    /// Gives it an index.
    #[must_use]
    pub fn index(mut self, yes: bool) -> Self {
        self.index = yes;
        self
    }

    /// Makes its values unique.
    #[must_use]
    pub fn unique(mut self, yes: bool) -> Self {
        self.unique = yes;
        self
    }
}

/// A read model's table, as the store has to make it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ViewTable {
    /// The projection's name: what SQL tools read.
    pub name: String,
    /// The projection's version: each has a table of its own.
    pub version: u32,
    /// The columns, in order. A global read model has no key column and one row.
    pub columns: Vec<ColumnSpec>,
    /// What must be the same for the stored rows to be gone on with: columns, keys and events.
    pub fingerprint: Fingerprint,
    /// The same in words, a line each, kept with the table so that a difference can be told.
    pub description: String,
}

impl ViewTable {
    /// A table.
    pub fn new(
        name: impl Into<String>,
        version: u32,
        columns: Vec<ColumnSpec>,
        fingerprint: Fingerprint,
        description: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            version,
            columns,
            fingerprint,
            description: description.into(),
        }
    }

    /// For stores: the error for a stored table of another fingerprint, with the lines of its description that differ from this one's.
    #[must_use]
    pub fn changed_since(&self, stored_description: &str) -> ViewStoreError {
        let lines = |of: &str, without: &str, verb: &str| {
            of.lines()
                .filter(|line| !without.lines().any(|other| other == *line))
                .map(|line| format!("{verb} `{}`", line.trim()))
                .collect::<Vec<_>>()
        };
        let mut differences = lines(stored_description, &self.description, "it had");
        differences.extend(lines(&self.description, stored_description, "it has now"));
        if differences.is_empty() {
            differences.push("the order of its columns, or the way that they are kept".to_owned());
        }
        ViewStoreError::Changed {
            projection: self.name.clone(),
            version: self.version,
            difference: differences.join(", "),
        }
    }

    /// The place of the key column; `None` for a global read model.
    #[must_use]
    pub fn key_column(&self) -> Option<usize> {
        self.columns.iter().position(|column| column.key)
    }
}

/// Rows that changed, and how far the log was read to change them: kept together or not at all.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ViewWrite {
    /// The checkpoint that the changes were made from. Where the stored one is another, nothing is written ([`ViewStoreError::Fenced`]).
    pub from: Position,
    /// The checkpoint after it.
    pub to: Position,
    /// Rows to insert or replace, whole, by key.
    pub upserts: Vec<Row>,
    /// Keys of rows to remove. [`Value::Null`] stands for the one row of a global read model.
    pub deletes: Vec<Value>,
}

impl ViewWrite {
    /// A write that only moves the checkpoint.
    #[must_use]
    pub fn new(from: Position, to: Position) -> Self {
        Self {
            from,
            to,
            upserts: Vec::new(),
            deletes: Vec::new(),
        }
    }
}

/// A condition on one column.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Filter {
    /// The column's name.
    pub column: String,
    /// The value that it must equal; null matches null.
    pub equals: Value,
}

impl Filter {
    /// Rows whose column has this value.
    pub fn equals(column: impl Into<String>, value: Value) -> Self {
        Self {
            column: column.into(),
            equals: value,
        }
    }
}

/// Which rows are wanted. They come in the order of their keys.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Query {
    /// Conditions that must all hold.
    pub filters: Vec<Filter>,
    /// At most so many rows.
    pub limit: Option<usize>,
    /// Only rows whose key is behind this one: the next page.
    pub after_key: Option<Value>,
}

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

/// Tables of read models, each with its checkpoint.
pub trait ViewStore: Send + Sync + 'static {
    /// Makes the table, its indexes and its checkpoint where they are missing, and returns the checkpoint. Under the projection's name stands,
    /// for SQL tools, its highest version.
    ///
    /// A stored table of another fingerprint is [`ViewStoreError::Changed`], with the difference in words.
    fn open<'a>(&'a self, table: &'a ViewTable) -> BoxFuture<'a, Result<Position, ViewStoreError>>;

    /// The stored checkpoint.
    fn checkpoint<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Position, ViewStoreError>>;

    /// The rows of these keys, in their order; `None` where there is none. [`Value::Null`] asks for a global read model's row.
    fn rows<'a>(
        &'a self,
        table: &'a ViewTable,
        keys: Vec<Value>,
    ) -> BoxFuture<'a, Result<Vec<Option<Row>>, ViewStoreError>>;

    /// Writes rows and checkpoint in one transaction.
    fn write<'a>(
        &'a self,
        table: &'a ViewTable,
        write: ViewWrite,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>>;

    /// The rows that a query asks for.
    fn query<'a>(
        &'a self,
        table: &'a ViewTable,
        query: Query,
    ) -> BoxFuture<'a, Result<Vec<Row>, ViewStoreError>>;

    /// Removes a read model: all versions of its table, with their checkpoints. Its events stay, and a program that has the projection builds
    /// it anew.
    fn remove<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), ViewStoreError>>;
}

/// So that the read models of one store can be lent to several apps.
impl<V: ViewStore + ?Sized> ViewStore for Arc<V> {
    fn open<'a>(&'a self, table: &'a ViewTable) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        (**self).open(table)
    }

    fn checkpoint<'a>(
        &'a self,
        table: &'a ViewTable,
    ) -> BoxFuture<'a, Result<Position, ViewStoreError>> {
        (**self).checkpoint(table)
    }

    fn rows<'a>(
        &'a self,
        table: &'a ViewTable,
        keys: Vec<Value>,
    ) -> BoxFuture<'a, Result<Vec<Option<Row>>, ViewStoreError>> {
        (**self).rows(table, keys)
    }

    fn write<'a>(
        &'a self,
        table: &'a ViewTable,
        write: ViewWrite,
    ) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        (**self).write(table, write)
    }

    fn query<'a>(
        &'a self,
        table: &'a ViewTable,
        query: Query,
    ) -> BoxFuture<'a, Result<Vec<Row>, ViewStoreError>> {
        (**self).query(table, query)
    }

    fn remove<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), ViewStoreError>> {
        (**self).remove(name)
    }
}
