//! Whether the streams that were released are still loaded: under their names, with their ids, and with all that they hold.

use super::aggregate::{Listing, LockedAggregate};
use super::declaration::{Declaration, Kind};
use super::file::LockFile;
use super::gone::distance;
use super::ids;
use super::report::{Finding, Verdict};
use crate::event::{EventStatus, EventType};
use crate::registry::{AggregateDescriptor, Declared, Registry};

/// All that differs in the streams of aggregates.
pub(super) fn compare(locked: &LockFile, registry: &Registry) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, released) in &locked.aggregates {
        match find(registry, name) {
            Some(declared) => {
                findings.extend(of_ids(declared, released));
                findings.extend(of_events(declared, released, registry));
            }
            None => findings.push(gone(name, released, locked, registry)),
        }
    }
    findings
}

/// Those of whose ids nothing is known, and how to help.
pub(super) fn unseen(locked: &LockFile, today: &LockFile, registry: &Registry) -> Vec<String> {
    let has_ids = |file: &LockFile, name: &str| {
        let aggregate = file.aggregates.get(name);
        aggregate.is_some_and(|it| !it.ids.is_empty())
    };
    let aggregates = registry.aggregates().iter();
    let unseen = aggregates.filter(|it| !has_ids(locked, it.name) && !has_ids(today, it.name));
    unseen
        .map(|it| {
            format!(
                "aggregate {}, {}: its id type reads no sample. Write a line `id \"…\"` under it in the lock file, with an id as it is stored, \
                 and update again",
                it.name,
                Declared::from(*it)
            )
        })
        .collect()
}

fn find(registry: &Registry, name: &str) -> Option<&'static AggregateDescriptor> {
    let mut aggregates = registry.aggregates().iter();
    aggregates.find(|it| it.name == name).copied()
}

fn finding(verdict: Verdict, name: &str, what: String, write: Vec<String>) -> Finding {
    Finding {
        verdict,
        name: format!("aggregate {name}"),
        version: 0,
        declared: None,
        path: String::new(),
        what,
        write,
    }
}

fn of_ids(declared: &AggregateDescriptor, released: &LockedAggregate) -> Option<Finding> {
    let read = released.ids.iter().map(|id| (id, ids::shown(declared, id)));
    let (id, now) = read
        .into_iter()
        .find(|(id, now)| now.as_ref() != Some(id))?;
    let what = match now {
        None => format!(
            "its id type no longer reads the id {id:?}, so that such a stream is no longer loaded"
        ),
        Some(now) => format!("its id type reads the id {id:?} as {now:?}, which is another stream"),
    };
    let write = vec![
        format!(
            "`id = …` on `{}`: a type that reads this text by `FromStr`, and writes it by `Display`",
            declared.rust_name
        ),
        format!(
            "or, where no stream has such an id, take the line `id {}` out of the lock file",
            serde_json::Value::from(id.as_str())
        ),
    ];
    Some(Finding {
        declared: Some(declared.into()),
        ..finding(Verdict::Breaks, declared.name, what, write)
    })
}

fn of_events(
    declared: &AggregateDescriptor,
    released: &LockedAggregate,
    registry: &Registry,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for (name, listing) in &released.events {
        // What nothing declares is told as an event by itself.
        let Some(event) = Declaration::find(registry, Kind::Event, name) else {
            continue;
        };
        let is_passed_over = declared.ignores_unknown && *listing == Listing::Ignores;
        if lists(declared, event.name()) || is_passed_over {
            continue;
        }
        let becomes = if declared.ignores_unknown {
            "is passed over where a stream holds it"
        } else {
            "a stream that holds it is no longer loaded"
        };
        let rust_name = event.rust_name();
        let listed = rust_name.split("::").next().unwrap_or(rust_name);
        let mut write = vec![format!("`retired({listed})` on `{}`", declared.rust_name)];
        if matches!(event.status(), EventStatus::Current) {
            write.push(format!(
                "or `ignore({listed})` among its `events(…)`, where its state does not need it"
            ));
        }
        let what = format!("the event {name} is not in its lists any more: {becomes}");
        findings.push(Finding {
            declared: Some(declared.into()),
            ..finding(Verdict::Breaks, declared.name, what, write)
        });
    }
    findings
}

fn types(aggregate: &AggregateDescriptor) -> impl Iterator<Item = &'static EventType> {
    aggregate.events.iter().flat_map(|it| it.types.iter())
}

fn lists(aggregate: &AggregateDescriptor, event: &str) -> bool {
    types(aggregate).any(|it| it.is_named(event))
}

/// A released aggregate that nothing declares, and what is new and like it.
fn gone(name: &str, released: &LockedAggregate, locked: &LockFile, registry: &Registry) -> Finding {
    let new = registry.aggregates().iter();
    let new = new.filter(|it| !locked.aggregates.contains_key(it.name));
    let nearest = new
        .map(|it| {
            let names = released.events.keys();
            let shared = names.filter(|name| types(it).any(|it| it.is_named(name)));
            (shared.count(), distance(name, it.name), *it)
        })
        .filter(|(shared, distance, _)| *shared > 0 || *distance <= name.len() / 4)
        .min_by_key(|(shared, distance, it)| (std::cmp::Reverse(*shared), *distance, it.name))
        .map(|(_, _, it)| it);
    match nearest {
        Some(candidate) => Finding {
            declared: Some(candidate.into()),
            ..finding(
                Verdict::Renamed,
                name,
                format!(
                    "no aggregate of this name is declared, and its streams, {name}-…, are no longer loaded; {} is new, and like it",
                    candidate.name
                ),
                vec![format!(
                    "`name = \"{name}\"` on `{}`: each of its streams has that name for ever, whatever the Rust type is called",
                    candidate.rust_name
                )],
            )
        },
        None => finding(
            Verdict::Gone,
            name,
            format!(
                "no aggregate of this name is declared, and its streams, {name}-…, can no longer be loaded"
            ),
            vec![
                "declare it as it was".to_owned(),
                "or, where nobody loads its streams any more, take its lines out of the lock file"
                    .to_owned(),
            ],
        ),
    }
}

/// The events that an aggregate may write to its streams and that the old program does not read there, each with the aggregate.
pub(super) fn beyond(
    old: &LockFile,
    registry: &Registry,
) -> Vec<(&'static AggregateDescriptor, &'static EventType)> {
    let mut beyond = Vec::new();
    for aggregate in registry.aggregates() {
        let Some(released) = old.aggregates.get(aggregate.name) else {
            continue;
        };
        for event in types(aggregate).filter(|it| matches!(it.status, EventStatus::Current)) {
            // What the old program does not know at all is told by itself.
            let mut known = old.events.iter();
            let known = known.find(|(name, locked)| {
                name.as_str() == event.name || locked.aliases.contains(event.name)
            });
            if known.is_some_and(|(name, _)| !released.events.contains_key(name)) {
                beyond.push((*aggregate, event));
            }
        }
    }
    beyond
}

/// Ids that an aggregate's streams may have by now and that the old program does not know to read, one for each aggregate that has such.
pub(super) fn ids_beyond(
    old: &LockFile,
    registry: &Registry,
) -> Vec<(&'static AggregateDescriptor, String)> {
    let aggregates = registry.aggregates().iter();
    let beyond = aggregates.filter_map(|aggregate| {
        let released = &old.aggregates.get(aggregate.name)?.ids;
        // Of a type that reads no sample nothing is known.
        if released.is_empty() {
            return None;
        }
        let mut now = ids::samples(aggregate).into_iter();
        Some((*aggregate, now.find(|id| !released.contains(id))?))
    });
    beyond.collect()
}
