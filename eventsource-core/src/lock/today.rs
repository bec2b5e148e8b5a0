//! What today's code reads, in the form of a lock file.

use serde_json::Value;

use super::file::{Golden, LockFile, LockedEvent, LockedVersion};
use super::schema::Reading;
use crate::event::{DecodeError, EventStatus, EventType, Stored};
use crate::registry::Registry;
use crate::shape::Format;

/// Reads a payload as a stored event of this name and version.
pub(super) fn read(
    event: &EventType,
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
    event
        .schema
        .map_or_else(|| Ok(Vec::new()), |schema| schema.read(&stored))
}

/// All that the registry declares.
pub(super) fn lock_file(registry: &Registry) -> LockFile {
    let mut file = LockFile::default();
    for event in registry.events() {
        file.events.insert(event.name.to_owned(), locked(event));
    }
    for aggregate in registry.aggregates() {
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
fn status(event: &EventType) -> Option<String> {
    match event.status {
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

fn locked(event: &EventType) -> LockedEvent {
    LockedEvent {
        aliases: event
            .aliases
            .iter()
            .map(|&alias| alias.to_owned())
            .collect(),
        status: status(event),
        versions: (1..=event.version)
            .map(|version| (version, locked_version(event, version)))
            .collect(),
    }
}

/// What a version is read as; `None` where no type says it.
pub(super) fn shape(event: &EventType, version: u16) -> Option<Format> {
    let shape = event.schema?.shape(version)?;
    (!matches!(shape.format, Format::Opaque(_))).then_some(shape.format)
}

fn locked_version(event: &EventType, version: u16) -> LockedVersion {
    let shape = event.schema.and_then(|schema| schema.shape(version));
    let mut golden: Vec<Golden> = Vec::new();
    for sample in shape.iter().flat_map(|shape| &shape.samples) {
        let Ok(readings) = read(event, event.name, version, sample) else {
            continue;
        };
        // The current version is on record as it is written.
        let written = match readings.as_slice() {
            [reading] if version == event.version && reading.name == event.name => {
                reading.value.clone()
            }
            _ => None,
        };
        let payload = written.unwrap_or_else(|| sample.clone());
        if golden.iter().any(|known| known.payload == payload) {
            continue;
        }
        let Ok(readings) = read(event, event.name, version, &payload) else {
            continue;
        };
        golden.push(Golden {
            payload,
            readings: vec![readings],
        });
    }
    LockedVersion {
        shape: self::shape(event, version),
        golden,
    }
}
