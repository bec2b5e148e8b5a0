//! The rules between declarations, each a function that answers with what breaks it.

use std::collections::HashMap;
use std::hash::Hash;

use super::readers::{Reader, keyed_by_stream, owners};
use super::{Declared, Registry, RegistryError};
use crate::check_name;
use crate::event::{EventStatus, EventType};

/// Every rule, in an order that does not change.
pub(super) fn all(registry: &Registry) -> Vec<RegistryError> {
    let mut errors = invalid_names(registry);
    errors.extend(duplicates(registry));
    errors.extend(unhandled_commands(registry));
    errors.extend(unknown_parts(registry));
    errors.extend(forgotten_splits(registry));
    errors.extend(stream_keys_over_two(registry));
    errors
}

/// The derives check names too; this is for registrations that are written by hand.
fn invalid_names(registry: &Registry) -> Vec<RegistryError> {
    let events = registry.events().iter().flat_map(|event| {
        event
            .names()
            .map(|name| ("an event name", name, Declared::from(*event)))
    });
    let commands = registry
        .commands()
        .iter()
        .filter_map(|command| Some(("a command name", command.name?, Declared::from(*command))));
    let aggregates = registry
        .aggregates()
        .iter()
        .map(|aggregate| ("an aggregate name", aggregate.name, (*aggregate).into()));
    let projections = registry
        .projections()
        .iter()
        .map(|projection| ("a projection name", projection.name, (*projection).into()));
    events
        .chain(commands)
        .chain(aggregates)
        .chain(projections)
        .filter_map(|(what, name, declared)| {
            let source = check_name(what, name).err()?;
            Some(RegistryError::InvalidName {
                declared,
                name,
                source,
            })
        })
        .collect()
}

/// What two declarations claim, with both places.
fn claimed_twice<K: Eq + Hash + Copy>(
    claims: impl Iterator<Item = (K, Declared)>,
) -> Vec<(K, Declared, Declared)> {
    let mut claimed: HashMap<K, Declared> = HashMap::new();
    let mut twice = Vec::new();
    for (key, declared) in claims {
        match claimed.get(&key) {
            None => {
                claimed.insert(key, declared);
            }
            Some(first) => twice.push((key, *first, declared)),
        }
    }
    twice
}

fn duplicates(registry: &Registry) -> Vec<RegistryError> {
    let events = claimed_twice(
        registry
            .events()
            .iter()
            .flat_map(|event| event.names().map(|name| (name, Declared::from(*event)))),
    )
    .into_iter()
    .map(|(name, first, second)| RegistryError::DuplicateEvent {
        name,
        first,
        second,
    });
    let commands = claimed_twice(
        registry
            .commands()
            .iter()
            .filter_map(|command| Some((command.name?, Declared::from(*command)))),
    )
    .into_iter()
    .map(|(name, first, second)| RegistryError::DuplicateCommand {
        name,
        first,
        second,
    });
    let aggregates = claimed_twice(
        registry
            .aggregates()
            .iter()
            .map(|aggregate| (aggregate.name, Declared::from(*aggregate))),
    )
    .into_iter()
    .map(|(name, first, second)| RegistryError::DuplicateAggregate {
        name,
        first,
        second,
    });
    let (acting, folding) = registry
        .projections()
        .iter()
        .copied()
        .partition::<Vec<_>, _>(|projection| acts(registry, projection.name));
    let processes = claimed_twice(
        acting
            .into_iter()
            .map(|process| (process.name, Declared::from(process))),
    )
    .into_iter()
    .map(|(name, first, second)| RegistryError::DuplicateProcess {
        name,
        first,
        second,
    });
    let projections = claimed_twice(folding.into_iter().map(|projection| {
        (
            (projection.name, projection.version),
            Declared::from(projection),
        )
    }))
    .into_iter()
    .map(
        |((name, version), first, second)| RegistryError::DuplicateProjection {
            name,
            version,
            first,
            second,
        },
    );
    events
        .chain(commands)
        .chain(aggregates)
        .chain(projections)
        .chain(processes)
        .collect()
}

/// Whether one of this name is a process manager.
fn acts(registry: &Registry, name: &str) -> bool {
    registry
        .projections()
        .iter()
        .any(|projection| projection.name == name && projection.process.is_some())
}

fn unhandled_commands(registry: &Registry) -> Vec<RegistryError> {
    registry
        .commands()
        .iter()
        .filter_map(|command| {
            let declared = Declared::from(*command);
            let mut handlers = registry
                .aggregates()
                .iter()
                .filter(|aggregate| aggregate.name == command.aggregate)
                .peekable();
            let Some(first) = handlers.peek().copied() else {
                return Some(RegistryError::NoHandler {
                    command: declared,
                    aggregate: command.aggregate,
                });
            };
            let handled = handlers
                .flat_map(|aggregate| aggregate.commands)
                .any(|listed| Declared::from(*listed) == declared);
            (!handled).then(|| RegistryError::Unhandled {
                command: declared,
                aggregate: command.aggregate,
                handler: (*first).into(),
            })
        })
        .collect()
}

/// Each split event, with the types of its parts.
fn splits(
    registry: &Registry,
) -> impl Iterator<Item = (&'static EventType, impl Iterator<Item = &'static EventType>)> {
    registry
        .events()
        .iter()
        .filter_map(|event| match event.status {
            EventStatus::Split { parts } => {
                Some((*event, parts.iter().flat_map(|types| types.iter())))
            }
            _ => None,
        })
}

fn unknown_parts(registry: &Registry) -> Vec<RegistryError> {
    splits(registry)
        .flat_map(|(split, parts)| parts.map(move |part| (split, part)))
        .filter(|(_, part)| {
            !registry
                .events()
                .iter()
                .any(|event| event.name == part.name)
        })
        .map(|(split, part)| RegistryError::UnknownPart {
            name: split.name,
            split: split.into(),
            part: part.into(),
        })
        .collect()
}

fn forgotten_splits(registry: &Registry) -> Vec<RegistryError> {
    let aggregates = registry
        .aggregates()
        .iter()
        .map(|aggregate| Reader::from(*aggregate));
    let projections = registry
        .projections()
        .iter()
        .map(|projection| Reader::from(*projection));
    let readers: Vec<Reader> = aggregates.chain(projections).collect();
    splits(registry)
        .flat_map(|(split, mut parts)| {
            let parts: Vec<_> = parts.by_ref().collect();
            readers
                .iter()
                .filter(|reader| !reader.lists(split))
                .filter_map(|reader| {
                    let part = parts.iter().find(|part| reader.reads(part))?;
                    Some(RegistryError::ForgottenSplit {
                        reader: reader.declared,
                        part: Declared::from(*part),
                        name: split.name,
                        split: split.into(),
                    })
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

fn stream_keys_over_two(registry: &Registry) -> Vec<RegistryError> {
    registry
        .projections()
        .iter()
        .filter_map(|projection| {
            let mut found = keyed_by_stream(projection)
                .flat_map(|event| owners(registry, event))
                .map(Declared::from);
            let first = found.next()?;
            let second = found.find(|aggregate| *aggregate != first)?;
            Some(RegistryError::StreamKeyOverTwo {
                projection: (*projection).into(),
                first,
                second,
            })
        })
        .collect()
}
