//! What the audit finds.

use std::fmt;

use super::{AggregateDescriptor, CommandDescriptor, ProjectionDescriptor};
use crate::NameError;
use crate::event::EventType;

/// Where something is declared. Shown as `` `Opened` (src/account.rs:12) ``.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Declared {
    /// The Rust type, and the variant behind it.
    pub rust_name: &'static str,
    /// The file.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
}

impl fmt::Display for Declared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ({}:{})", self.rust_name, self.file, self.line)
    }
}

macro_rules! declared {
    ($($descriptor:ty),*) => {$(
        impl From<&$descriptor> for Declared {
            fn from(descriptor: &$descriptor) -> Self {
                Self {
                    rust_name: descriptor.rust_name,
                    file: descriptor.file,
                    line: descriptor.line,
                }
            }
        }
    )*};
}
declared!(
    EventType,
    CommandDescriptor,
    AggregateDescriptor,
    ProjectionDescriptor
);

/// A contradiction between declarations.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// Two event types claim one stored name, as their name or as an alias.
    #[error("event name {name} is claimed by {first} and by {second}: rename one of them")]
    DuplicateEvent {
        /// The stored name.
        name: &'static str,
        /// One of them.
        first: Declared,
        /// The other.
        second: Declared,
    },
    /// Two commands are stored under one name.
    #[error("command name {name} is claimed by {first} and by {second}: rename one of them")]
    DuplicateCommand {
        /// The stored name.
        name: &'static str,
        /// One of them.
        first: Declared,
        /// The other.
        second: Declared,
    },
    /// Two aggregates have one name, so their streams would be the same.
    #[error("aggregate name {name} is claimed by {first} and by {second}: rename one of them")]
    DuplicateAggregate {
        /// The name.
        name: &'static str,
        /// One of them.
        first: Declared,
        /// The other.
        second: Declared,
    },
    /// Two projections have one name and version, so they would write to one table.
    #[error(
        "projection {name} version {version} is claimed by {first} and by {second}: rename one of them, or raise its version"
    )]
    DuplicateProjection {
        /// The name.
        name: &'static str,
        /// The version.
        version: u32,
        /// One of them.
        first: Declared,
        /// The other.
        second: Declared,
    },
    /// A process manager has the name of another, or of a projection. Its name is a part of its commands' ids, whatever its version is.
    #[error(
        "process manager name {name} is claimed by {first} and by {second}: rename one of them, or leave the older version out"
    )]
    DuplicateProcess {
        /// The name.
        name: &'static str,
        /// One of them.
        first: Declared,
        /// The other.
        second: Declared,
    },
    /// A command goes to an aggregate that does not list it.
    #[error(
        "command {command} goes to aggregate {aggregate}, and {handler} does not list it: add it to `commands(…)` there"
    )]
    Unhandled {
        /// The command.
        command: Declared,
        /// The aggregate that it goes to.
        aggregate: &'static str,
        /// Where that is declared.
        handler: Declared,
    },
    /// A command goes to an aggregate that is not registered.
    #[error(
        "command {command} goes to aggregate {aggregate}, which is not registered: link its crate (`eventsource_core::link!`) or add it to the registry"
    )]
    NoHandler {
        /// The command.
        command: Declared,
        /// The aggregate that it goes to.
        aggregate: &'static str,
    },
    /// A split event has a part that is not registered.
    #[error(
        "event {name}, {split}, is split into {part}, which is not registered: link its crate (`eventsource_core::link!`) or add it to the registry"
    )]
    UnknownPart {
        /// The split event's stored name.
        name: &'static str,
        /// Where it is declared.
        split: Declared,
        /// The part.
        part: Declared,
    },
    /// A reader lists a part of a split event and not the split event, so it would miss what old events say.
    #[error(
        "{reader} lists {part}, which is a part of the split event {name}, and does not list {split}: add that to its `retired(…)`"
    )]
    ForgottenSplit {
        /// The aggregate or projection.
        reader: Declared,
        /// The part that it lists.
        part: Declared,
        /// The split event's stored name.
        name: &'static str,
        /// Where it is declared.
        split: Declared,
    },
    /// A projection keys events of two aggregates by their streams, so that rows of different things would share a key.
    #[error(
        "projection {projection} is keyed by stream over events of two aggregates, {first} and {second}: give each of their events `key = field` or `key_with = f`, or make the projection `key = global`"
    )]
    StreamKeyOverTwo {
        /// The projection.
        projection: Declared,
        /// One of the aggregates.
        first: Declared,
        /// The other.
        second: Declared,
    },
    /// A name that the log cannot hold.
    #[error("{declared} is called {name:?}: {source}")]
    InvalidName {
        /// What is called so.
        declared: Declared,
        /// The name.
        name: &'static str,
        /// What is wrong with it.
        source: NameError,
    },
    /// Something that must be there is not.
    #[error(
        "nothing of the name {name} is registered: link its crate (`eventsource_core::link!`) or add it to the registry"
    )]
    Missing {
        /// The name.
        name: String,
    },
}

/// All that the audit found: at least one contradiction. Shown a line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryErrors(Vec<RegistryError>);

impl RegistryErrors {
    /// `Ok` when there are none.
    pub(crate) fn of(errors: Vec<RegistryError>) -> Result<(), Self> {
        if errors.is_empty() {
            Ok(())
        } else {
            Err(Self(errors))
        }
    }

    /// Each of them.
    pub fn iter(&self) -> std::slice::Iter<'_, RegistryError> {
        self.0.iter()
    }

    /// Both lists.
    pub(crate) fn join(first: Result<(), Self>, second: Result<(), Self>) -> Result<(), Self> {
        let errors = [first, second].into_iter().filter_map(Result::err);
        Self::of(errors.flat_map(|errors| errors.0).collect())
    }
}

impl<'a> IntoIterator for &'a RegistryErrors {
    type Item = &'a RegistryError;
    type IntoIter = std::slice::Iter<'a, RegistryError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for RegistryErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, error) in self.iter().enumerate() {
            if place > 0 {
                f.write_str("\n")?;
            }
            fmt::Display::fmt(error, f)?;
        }
        Ok(())
    }
}

impl std::error::Error for RegistryErrors {}
