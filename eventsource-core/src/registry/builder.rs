//! A registry that is listed by hand.

use std::collections::HashMap;

use super::{
    AggregateDescriptor, CommandDescriptor, ListedEvent, ProjectionDescriptor, Registration,
    Registry,
};
use crate::event::{Event, EventType};
use crate::{Aggregate, Command, ProcessManager, Projection};

/// Lists what a program declares. What is listed twice counts once.
#[derive(Debug, Clone, Default)]
pub struct RegistryBuilder {
    events: Vec<&'static EventType>,
    commands: Vec<&'static CommandDescriptor>,
    aggregates: Vec<&'static AggregateDescriptor>,
    projections: Vec<&'static ProjectionDescriptor>,
}

impl RegistryBuilder {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Adds an event type or a family. Those that a listed aggregate or projection reads need not be added.
    #[must_use]
    pub fn event<E: Event>(self) -> Self {
        self.register(Registration::Events(E::TYPES))
    }

    /// Adds a command. Those that a listed aggregate handles need not be added.
    #[must_use]
    pub fn command<C: Command>(self) -> Self {
        self.register(Registration::Command(C::DESCRIPTOR))
    }

    /// Adds an aggregate, with its events and commands.
    #[must_use]
    pub fn aggregate<A: Aggregate>(self) -> Self {
        self.register(Registration::Aggregate(A::DESCRIPTOR))
    }

    /// Adds a projection, with its events.
    #[must_use]
    pub fn projection<P: Projection>(self) -> Self {
        self.register(Registration::Projection(P::DESCRIPTOR))
    }

    /// Adds a process manager, with its events and the commands that it sends.
    #[must_use]
    pub fn process_manager<P: ProcessManager>(self) -> Self {
        self.register(Registration::Projection(P::DESCRIPTOR))
    }

    /// Adds what a derive handed in.
    #[must_use]
    pub fn register(mut self, registration: Registration) -> Self {
        match registration {
            Registration::Events(types) => self.events.extend(types),
            Registration::Command(command) => self.commands.push(command),
            Registration::Aggregate(aggregate) => {
                self.events.extend(types_of(aggregate.events));
                self.commands.extend(aggregate.commands);
                self.aggregates.push(aggregate);
            }
            Registration::Projection(projection) => {
                self.events.extend(types_of(projection.events));
                let sent = projection
                    .process
                    .iter()
                    .flat_map(|process| process.commands);
                self.commands.extend(sent.map(|sent| sent.command));
                self.projections.push(projection);
            }
        }
        self
    }

    /// The registry.
    #[must_use]
    pub fn build(self) -> Registry {
        // A declaration is known by its place: the same constant may have several addresses in one program.
        let events = sorted(self.events, |event| {
            (event.name, event.rust_name, event.file, event.line)
        });
        let mut versions: HashMap<&'static str, u16> = HashMap::new();
        for event in &events {
            for name in event.names() {
                let version = versions.entry(name).or_default();
                *version = event.version.max(*version);
            }
        }
        Registry {
            events,
            commands: sorted(self.commands, |command| {
                (command.rust_name, command.file, command.line)
            }),
            aggregates: sorted(self.aggregates, |aggregate| {
                (
                    aggregate.name,
                    aggregate.rust_name,
                    aggregate.file,
                    aggregate.line,
                )
            }),
            projections: sorted(self.projections, |projection| {
                (
                    projection.name,
                    projection.version,
                    projection.rust_name,
                    projection.file,
                    projection.line,
                )
            }),
            versions,
        }
    }
}

fn types_of(events: &'static [ListedEvent]) -> impl Iterator<Item = &'static EventType> {
    events.iter().flat_map(|listed| listed.types)
}

fn sorted<T, K: Ord>(mut items: Vec<&'static T>, key: impl Fn(&'static T) -> K) -> Vec<&'static T> {
    items.sort_by_key(|item| key(item));
    items.dedup_by_key(|item| key(item));
    items
}
