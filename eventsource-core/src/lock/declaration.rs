//! A stored type as today's code declares it: an event, or a command that waits in an outbox.

use serde_json::Value;

use super::schema::Reading;
use crate::event::{DecodeError, EventStatus, EventType, Stored};
use crate::registry::{CommandDescriptor, Declared, Registry};
use crate::shape::Shape;

/// What is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// In the log.
    Event,
    /// In the outbox of a process manager.
    Command,
}

impl Kind {
    pub(super) const ALL: [Self; 2] = [Self::Event, Self::Command];

    /// Its word, in the lock file and in Rust's attributes.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Command => "command",
        }
    }
}

/// A stored type of today.
#[derive(Debug, Clone, Copy)]
pub(super) enum Declaration {
    Event(EventType),
    Command(&'static CommandDescriptor),
}

impl Declaration {
    /// All of a kind that today's code stores. A command is stored where a process manager sends it.
    pub(super) fn all(registry: &Registry, kind: Kind) -> Vec<Self> {
        match kind {
            Kind::Event => registry
                .events()
                .iter()
                .map(|it| Self::Event(**it))
                .collect(),
            Kind::Command => {
                let processes = registry.projections().iter().filter_map(|it| it.process);
                let sent = processes.flat_map(|process| process.commands);
                let mut commands: Vec<_> = sent
                    .map(|sent| sent.command)
                    .filter(|command| command.schema.is_some())
                    .collect();
                commands.sort_by_key(|command| command.name);
                commands.dedup_by_key(|command| command.name);
                commands.into_iter().map(Self::Command).collect()
            }
        }
    }

    /// The one that reads what was stored under this name.
    pub(super) fn find(registry: &Registry, kind: Kind, name: &str) -> Option<Self> {
        match kind {
            Kind::Event => {
                let event = registry.events().iter().find(|it| it.is_named(name))?;
                Some(Self::Event(**event))
            }
            // One that is sent no longer may still wait in an outbox.
            Kind::Command => registry
                .commands()
                .iter()
                .find(|it| it.name == Some(name) && it.schema.is_some())
                .map(|command| Self::Command(command)),
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Event(_) => Kind::Event,
            Self::Command(_) => Kind::Command,
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Event(event) => event.name,
            Self::Command(command) => command.name.unwrap_or(command.rust_name),
        }
    }

    /// The name and those that it is read under, too.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name()).chain(self.aliases().iter().copied())
    }

    pub(super) fn aliases(&self) -> &'static [&'static str] {
        match self {
            Self::Event(event) => event.aliases,
            Self::Command(_) => &[],
        }
    }

    pub(super) fn version(&self) -> u16 {
        match self {
            Self::Event(event) => event.version,
            Self::Command(command) => command.version,
        }
    }

    pub(super) fn rust_name(&self) -> &'static str {
        match self {
            Self::Event(event) => event.rust_name,
            Self::Command(command) => command.rust_name,
        }
    }

    pub(super) fn declared(&self) -> Declared {
        match self {
            Self::Event(event) => event.into(),
            Self::Command(command) => (*command).into(),
        }
    }

    /// What becomes of it; a command is sent and read.
    pub(super) fn status(&self) -> EventStatus {
        match self {
            Self::Event(event) => event.status,
            Self::Command(_) => EventStatus::Current,
        }
    }

    /// Whether it is read as several others.
    pub(super) fn is_split(&self) -> bool {
        matches!(self.status(), EventStatus::Split { .. })
    }

    /// Whether it is a variant of a family of events.
    pub(super) fn is_variant(&self) -> bool {
        self.kind() == Kind::Event && self.rust_name().contains("::")
    }

    /// Whether it is read as nothing.
    pub(super) fn is_dropped(&self) -> bool {
        matches!(self.status(), EventStatus::Dropped)
    }

    /// Whether it is a family of commands, which is stored as one type with its variants in it.
    pub(super) fn is_family(&self) -> bool {
        match self {
            Self::Event(_) => false,
            Self::Command(command) => command
                .kinds
                .iter()
                .all(|kind| kind.name != command.rust_name),
        }
    }

    /// What is read at this version, and samples of it.
    pub(super) fn traced(&self, version: u16) -> Option<Shape> {
        match self {
            Self::Event(event) => event.schema?.shape(version),
            Self::Command(command) => command.schema?.shape(version),
        }
    }

    /// Whether anything of it can be read here.
    pub(super) fn is_read(&self) -> bool {
        match self {
            Self::Event(event) => event.schema.is_some(),
            Self::Command(command) => command.schema.is_some(),
        }
    }

    /// Reads a payload that was stored under this name and version.
    pub(super) fn read(
        &self,
        name: &str,
        version: u16,
        payload: &Value,
    ) -> Result<Vec<Reading>, DecodeError> {
        let payload = payload.to_string();
        let stored = Stored {
            name,
            version,
            payload: payload.as_bytes(),
        };
        match self {
            Self::Event(event) => event
                .schema
                .map_or_else(|| Ok(Vec::new()), |schema| schema.read(&stored)),
            Self::Command(command) => {
                let Some(schema) = command.schema else {
                    return Ok(Vec::new());
                };
                Ok(vec![Reading {
                    name: self.name().to_owned(),
                    version: self.version(),
                    value: schema.read(&stored)?,
                }])
            }
        }
    }
}
