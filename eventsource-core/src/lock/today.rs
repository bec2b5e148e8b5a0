//! What today's code reads, in the form of a lock file.

use super::aggregate::LockedAggregate;
use super::declaration::{Declaration, Kind};
use super::file::{Golden, LockFile, LockedType, LockedVersion};
use crate::event::EventStatus;
use crate::registry::Registry;
use crate::shape::{Format, Shape};

/// All that the registry declares.
pub(super) fn lock_file(registry: &Registry) -> LockFile {
    let mut file = LockFile::default();
    for kind in Kind::ALL {
        let declared = Declaration::all(registry, kind);
        let locked = declared.iter().map(|it| (it.name().to_owned(), locked(it)));
        file.of_mut(kind).extend(locked);
    }
    for aggregate in registry.aggregates() {
        let locked = LockedAggregate::of(aggregate);
        file.aggregates.insert(aggregate.name.to_owned(), locked);
        if let Some(snapshot) = aggregate.snapshot {
            let fingerprint = snapshot().to_string();
            file.snapshots
                .insert(aggregate.name.to_owned(), fingerprint);
        }
    }
    for projection in registry.projections() {
        let key = (projection.name.to_owned(), projection.version);
        file.projections
            .insert(key, super::projection::lines(projection));
    }
    file
}

/// The words for what becomes of an event that is no longer written.
fn status(declared: &Declaration) -> Option<String> {
    match declared.status() {
        EventStatus::Current => None,
        EventStatus::Retired => Some("retired".into()),
        EventStatus::Dropped => Some("dropped".into()),
        EventStatus::Split { parts } => {
            let names: Vec<_> = parts
                .iter()
                .flat_map(|types| types.iter())
                .map(|part| part.name)
                .collect();
            Some(format!("split into {}", names.join(", ")))
        }
    }
}

fn locked(declared: &Declaration) -> LockedType {
    LockedType {
        rust_name: Some(declared.rust_name().to_owned()),
        aliases: declared
            .aliases()
            .iter()
            .map(|&alias| alias.to_owned())
            .collect(),
        status: status(declared),
        versions: (1..=declared.version())
            .map(|version| (version, locked_version(declared, version)))
            .collect(),
    }
}

fn locked_version(declared: &Declaration, version: u16) -> LockedVersion {
    let Shape {
        format,
        samples,
        ends,
        panicked,
    } = declared.traced(version).unwrap_or_default();
    let mut golden: Vec<Golden> = Vec::new();
    for sample in samples.into_iter().chain(ends) {
        let Ok(readings) = declared.read(declared.name(), version, &sample) else {
            continue;
        };
        // The current version is on record as it is written.
        let written = match readings.as_slice() {
            [reading] if version == declared.version() && reading.name == declared.name() => {
                reading.value.clone()
            }
            _ => None,
        };
        let payload = written.unwrap_or(sample);
        if golden.iter().any(|known| known.payload == payload) {
            continue;
        }
        let Ok(readings) = declared.read(declared.name(), version, &payload) else {
            continue;
        };
        golden.push(Golden {
            payload,
            readings: vec![readings],
        });
    }
    LockedVersion {
        shape: (!matches!(format, Format::Opaque(_) | Format::Unseen)).then_some(format),
        golden,
        panicked,
    }
}
