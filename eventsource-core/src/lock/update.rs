//! A lock file with what is new.

use super::compare::{are_comparable, of_shape, read_the_same};
use super::file::{Golden, LockFile, LockedEvent, LockedVersion};
use super::today as reading;
use crate::event::EventType;
use crate::registry::Registry;

/// Adds what today's code has and the lock has not. What was released stays as it is, but for what was added to it.
pub(super) fn add(locked: &LockFile, registry: &Registry, today: &LockFile) -> LockFile {
    let mut file = locked.clone();
    for (name, event) in &today.events {
        let Some(declared) = registry.events().iter().find(|it| it.name == name) else {
            continue;
        };
        let known = file.events.entry(name.clone()).or_default();
        known.aliases.extend(event.aliases.iter().cloned());
        known.status.clone_from(&event.status);
        for (version, now) in &event.versions {
            match known.versions.get_mut(version) {
                Some(released) => extend(released, now, declared, *version),
                None => {
                    known.versions.insert(*version, now.clone());
                }
            }
        }
    }
    for (name, event) in &mut file.events {
        if let (Some(declared), Some(before)) = (
            registry.events().iter().find(|it| it.is_named(name)),
            locked.events.get(name),
        ) {
            for (version, released) in &mut event.versions {
                for golden in &mut released.golden {
                    record(golden, name, *version, before, declared, today);
                }
            }
        }
    }
    file.snapshots.clone_from(&today.snapshots);
    for (key, lines) in &today.projections {
        file.projections
            .entry(key.clone())
            .or_insert_with(|| lines.clone());
    }
    file
}

/// A released version takes over what may be added to it: a field that may be absent, a variant, a wider type.
fn extend(released: &mut LockedVersion, now: &LockedVersion, declared: &EventType, version: u16) {
    let differences = of_shape(released, declared, version);
    if differences.iter().any(|it| !it.change.is_safe()) {
        return;
    }
    if released.shape.is_none() || !differences.is_empty() {
        released.shape.clone_from(&now.shape);
    }
    if released.golden.is_empty() || !differences.is_empty() {
        for golden in &now.golden {
            if !released
                .golden
                .iter()
                .any(|it| it.payload == golden.payload)
            {
                released.golden.push(golden.clone());
            }
        }
    }
}

/// Notes what a payload is read as, where that is new and says nothing else than what is on record of the same versions.
fn record(
    golden: &mut Golden,
    name: &str,
    version: u16,
    locked: &LockedEvent,
    declared: &EventType,
    today: &LockFile,
) {
    let Ok(readings) = reading::read(declared, name, version, &golden.payload) else {
        return;
    };
    let is_known = golden.readings.contains(&readings);
    let mut comparable = golden
        .readings
        .iter()
        .filter(|recorded| are_comparable(recorded, &readings, declared))
        .peekable();
    let is_sound = comparable.peek().is_none()
        || comparable.any(|recorded| read_the_same(recorded, &readings, locked, declared, today));
    if is_sound && !is_known && !readings.is_empty() {
        golden.readings.push(readings);
    }
}
