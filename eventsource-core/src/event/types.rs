//! What is known of a stored event type at compile time.

use super::Event;
use crate::lock::{Recorder, Schema};

/// What becomes of a stored event.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum EventStatus {
    /// Read and written.
    Current,
    /// Read, never written.
    Retired,
    /// Read as several others, never written.
    Split {
        /// The types of the parts, a list for each.
        parts: &'static [&'static [EventType]],
    },
    /// Read as nothing, never written.
    Dropped,
}

/// One stored event type.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct EventType {
    /// The name that it is stored under.
    pub name: &'static str,
    /// Older names, read and never written.
    pub aliases: &'static [&'static str],
    /// The current schema version, from 1.
    pub version: u16,
    /// What becomes of it.
    pub status: EventStatus,
    /// The Rust type, and variant, that declares it.
    pub rust_name: &'static str,
    /// The file of its declaration.
    pub file: &'static str,
    /// The line of its declaration.
    pub line: u32,
    /// How older versions are read, in the words of the declaration, a line a change; empty where there is one version.
    pub older: &'static str,
    /// Its doc comment.
    pub docs: &'static str,
    /// The doc comments of its fields, in the order in which it reads them; empty where none has one.
    pub(crate) field_docs: &'static [&'static str],
    /// How its versions are read: `None` where nobody has said so.
    pub(crate) schema: Option<Schema>,
}

impl EventType {
    /// For generated code: a current type; the rest is set by the methods below.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        name: &'static str,
        version: u16,
        rust_name: &'static str,
        file: &'static str,
        line: u32,
    ) -> Self {
        Self {
            name,
            aliases: &[],
            version,
            status: EventStatus::Current,
            rust_name,
            file,
            line,
            older: "",
            docs: "",
            field_docs: &[],
            schema: None,
        }
    }

    /// For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn docs(mut self, docs: &'static str) -> Self {
        self.docs = docs;
        self
    }

    /// For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn older(mut self, older: &'static str) -> Self {
        self.older = older;
        self
    }

    /// For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn field_docs(mut self, docs: &'static [&'static str]) -> Self {
        self.field_docs = docs;
        self
    }

    /// For generated code: it is this one of `E`'s types.
    #[doc(hidden)]
    #[must_use]
    pub const fn schema<E: Event + super::ReplayInto<Recorder>>(mut self, at: usize) -> Self {
        self.schema = Some(Schema::of::<E>(at));
        self
    }

    /// For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn status(mut self, status: EventStatus) -> Self {
        self.status = status;
        self
    }

    /// For generated code: it is this one of `E`'s types, and some of them are read as others.
    #[doc(hidden)]
    #[must_use]
    pub const fn schema_of_split<E: Event>(mut self, at: usize) -> Self {
        self.schema = Some(Schema::of_split::<E>(at));
        self
    }

    /// Whether a stored event of this name is of this type.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }

    /// The name and its aliases.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}
