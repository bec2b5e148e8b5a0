//! A lock file with what is new.

use super::compare::of_shape;
use super::declaration::{Declaration, Kind};
use super::difference::is_opaque;
use super::file::{Golden, LockFile, LockedType, LockedVersion};
use super::golden::Held;
use crate::registry::Registry;

/// Adds what today's code has and the lock has not. What was released stays as it is, but for what was added to it.
pub(super) fn add(locked: &LockFile, registry: &Registry, today: &LockFile) -> LockFile {
    let mut file = locked.clone();
    for kind in Kind::ALL {
        for declared in Declaration::all(registry, kind) {
            if let Some(now) = today.of(kind).get(declared.name()) {
                let known = file.of_mut(kind).entry(declared.name().to_owned());
                let held = Held {
                    declared: &declared,
                    locked,
                    registry,
                    today,
                };
                extend(known.or_default(), now, &held);
            }
        }
        for (name, known) in file.of_mut(kind) {
            if let Some(declared) = Declaration::find(registry, kind, name) {
                for (version, released) in &mut known.versions {
                    for golden in &mut released.golden {
                        record(golden, name, *version, &declared);
                    }
                }
            }
        }
    }
    for (name, now) in &today.aggregates {
        let known = file.aggregates.entry(name.clone());
        known.or_default().extend(now);
    }
    file.snapshots.clone_from(&today.snapshots);
    for (key, lines) in &today.projections {
        file.projections
            .entry(key.clone())
            .or_insert_with(|| lines.clone());
    }
    file
}

/// What was released of an event or a command takes over what is new.
fn extend(known: &mut LockedType, now: &LockedType, held: &Held<'_>) {
    known.aliases.extend(now.aliases.iter().cloned());
    known.status.clone_from(&now.status);
    known.rust_name.clone_from(&now.rust_name);
    for (version, now) in &now.versions {
        match known.versions.get_mut(version) {
            Some(released) => extend_version(released, now, held, *version),
            None => {
                known.versions.insert(*version, now.clone());
            }
        }
    }
}

/// A released version takes over what may be added to it: a field that may be absent, a variant, a wider type.
fn extend_version(
    released: &mut LockedVersion,
    now: &LockedVersion,
    held: &Held<'_>,
    version: u16,
) {
    let differences = of_shape(released, held, version);
    if differences.iter().any(|it| !it.change.is_safe()) {
        return;
    }
    // What was read from no sample may be read with the help of an example by now, and has payloads by that.
    let was_opaque = released.shape.as_ref().is_none_or(is_opaque);
    if was_opaque || !differences.is_empty() {
        released.shape.clone_from(&now.shape);
    }
    if was_opaque || released.golden.is_empty() || !differences.is_empty() {
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

/// Notes what a payload is read as, where that is new: nothing that was released is read differently, or there would be no update.
fn record(golden: &mut Golden, name: &str, version: u16, declared: &Declaration) {
    if let Ok(readings) = declared.read(name, version, &golden.payload)
        && !readings.is_empty()
        && !golden.readings.contains(&readings)
    {
        golden.readings.push(readings);
    }
}
