//! Why a fold cannot go on.

use std::fmt;

use crate::Position;
use crate::event::DecodeError;
use crate::projection::RowError;
use crate::store::{Recorded, ViewStoreError};

/// Why a projection cannot go on, and at which event. It never holds a payload.
#[derive(Debug)]
#[non_exhaustive]
pub struct FoldFailure {
    /// The event's place in the whole log.
    pub position: Position,
    /// Its stream.
    pub stream: String,
    /// Its place in its stream.
    pub stream_version: u64,
    /// The name that it is stored under.
    pub name: String,
    /// The schema version that it is stored with.
    pub schema_version: u16,
    /// What went wrong.
    pub cause: FoldCause,
}

/// What went wrong with an event.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FoldCause {
    /// It cannot be read.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// Nothing in this program declares its type in this version.
    #[error(
        "this program does not declare it in this version, and a newer one may have written it: deploy that one, or pass it over with `allow_unknown`"
    )]
    Undeclared,
    /// Its key or its row cannot be read or written.
    #[error(transparent)]
    Row(#[from] RowError),
    /// The store refused the row that it leads to.
    #[error("the row that it leads to was refused: {0}")]
    Refused(#[source] ViewStoreError),
    /// Its metadata was asked for and cannot be read.
    #[error("its stored metadata cannot be read")]
    Metadata,
    /// A process manager sent a command that has no stored form.
    #[error("it sends the command {command}, whose `Serialize` refuses")]
    Unsendable {
        /// The command's Rust type.
        command: &'static str,
    },
    /// The user's code panicked. The message is not kept, since it may hold a payload.
    #[error("the fold panicked: mend it, and the projection goes on from here")]
    Panic,
}

impl FoldFailure {
    pub(crate) fn new(event: &Recorded<'_>, cause: impl Into<FoldCause>) -> Box<Self> {
        Box::new(Self {
            position: event.position,
            stream: event.stream.to_owned(),
            stream_version: event.version,
            name: event.name.to_owned(),
            schema_version: event.schema_version,
            cause: cause.into(),
        })
    }
}

impl fmt::Display for FoldFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "event {} version {} at position {} (stream {}, version {}): {}",
            self.name,
            self.schema_version,
            self.position,
            self.stream,
            self.stream_version,
            self.cause
        )
    }
}

impl std::error::Error for FoldFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}
