//! What changes a read model.

use uuid::Uuid;

use super::{OutboxEntry, Row, Value};
use crate::Position;

/// Rows that changed, and how far the log was read to change them: kept together or not at all.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ViewWrite {
    /// The checkpoint that the changes were made from. Where the stored one is another, nothing is written ([`ViewStoreError::Fenced`](super::ViewStoreError::Fenced)).
    pub from: Position,
    /// The checkpoint after it.
    pub to: Position,
    /// Rows to insert or replace, whole, by key.
    pub upserts: Vec<Row>,
    /// Keys of rows to remove. [`Value::Null`] stands for the one row of a global read model.
    pub deletes: Vec<Value>,
    /// The lease under which the changes were made, where the runner has one. When another term has begun, nothing is written
    /// ([`ViewStoreError::Deposed`](super::ViewStoreError::Deposed)).
    pub term: Option<u64>,
    /// The lease of the outbox under which its entries were carried out, where the runner has one. When another term of that has begun, nothing is
    /// written ([`ViewStoreError::Deposed`](super::ViewStoreError::Deposed)).
    pub outbox_term: Option<u64>,
    /// What a process manager sends. An entry whose id is there already is left as it is.
    pub sends: Vec<OutboxEntry>,
    /// Entries of the outbox that were carried out or called off. One that is not there any more is passed over.
    pub removes: Vec<Uuid>,
    /// Entries that cannot be carried out, each with the reason: they wait for an operator.
    pub parks: Vec<(Uuid, String)>,
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
            term: None,
            outbox_term: None,
            sends: Vec::new(),
            removes: Vec::new(),
            parks: Vec::new(),
        }
    }
}
