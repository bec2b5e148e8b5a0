//! Versions of which nothing is known that a payload could be held to, wholly or in part.

use serde_json::Value;

use super::advice;
use super::declaration::{Declaration, Kind};
use super::difference::is_opaque;
use super::file::{Golden, LockFile, LockedVersion};
use crate::registry::Registry;
use crate::shape::{Content, Field, Format, UNSEEN_LIST, UNSEEN_OBJECT};

/// Each version that no payload is known of, or a part of whose type, in the lock or from today's code, and how to help it.
pub(super) fn unseen(locked: &LockFile, registry: &Registry, today: &LockFile) -> Vec<String> {
    let declared = Kind::ALL
        .iter()
        .flat_map(|kind| Declaration::all(registry, *kind));
    let mut unseen = Vec::new();
    for declared in declared.filter(|it| !it.is_dropped()) {
        let Some(now) = today.of(declared.kind()).get(declared.name()) else {
            continue;
        };
        for (version, of_today) in &now.versions {
            let known = locked
                .of(declared.kind())
                .get(declared.name())
                .and_then(|it| it.versions.get(version));
            unseen.extend(of_version(&declared, *version, known, of_today));
        }
    }
    unseen
}

fn of_version(
    declared: &Declaration,
    version: u16,
    known: Option<&LockedVersion>,
    of_today: &LockedVersion,
) -> Option<String> {
    let golden = || {
        known
            .into_iter()
            .chain([of_today])
            .flat_map(|it| &it.golden)
    };
    let shape = of_today.shape.as_ref();
    if of_today.panicked {
        return Some(advice::panicked(declared, version));
    }
    let payloads: Vec<&Value> = golden().map(|it| &it.payload).collect();
    if payloads.is_empty() || shape.is_some_and(|shape| is_unread(shape, &payloads)) {
        return Some(advice::unseen(
            declared,
            version,
            shape,
            payloads.is_empty(),
        ));
    }
    let is_recorded = |it: &Golden| {
        let last = it.readings.last();
        last.is_none_or(|parts| parts.iter().all(|part| part.value.is_some()))
    };
    let has_fields = !matches!(shape, Some(Format::Struct(_, fields, _)) if fields.is_empty());
    let is_unrecorded =
        has_fields && !of_today.golden.is_empty() && !of_today.golden.iter().any(is_recorded);
    is_unrecorded.then(|| advice::unrecorded(declared, version))
}

/// Whether a place that no sample fits has a value in none of these.
fn is_unread(format: &Format, values: &[&Value]) -> bool {
    if !is_opaque(format) {
        return false;
    }
    let present = || values.iter().copied().filter(|it| !it.is_null());
    match format {
        Format::Optional(inner) => is_unread(inner, &present().collect::<Vec<_>>()),
        Format::List(inner) => {
            let parts = present().filter_map(Value::as_array).flatten();
            is_unread(inner, &parts.collect::<Vec<_>>())
        }
        Format::Map(_, inner) => {
            let parts = present().filter_map(Value::as_object);
            is_unread(inner, &parts.flat_map(|it| it.values()).collect::<Vec<_>>())
        }
        Format::Tuple(parts) => parts.iter().enumerate().any(|(at, part)| {
            let values = present().filter_map(|it| it.get(at));
            is_unread(part, &values.collect::<Vec<_>>())
        }),
        Format::Struct(_, fields, _) => fields.iter().any(|field| is_field_unread(field, values)),
        Format::Enum(_, variants) => variants.iter().any(|(name, content)| match content {
            Content::Newtype(inner) => {
                let contents = present().filter_map(|it| it.get(name));
                is_unread(inner, &contents.collect::<Vec<_>>())
            }
            _ => false,
        }),
        Format::Tagged(_, tags, variants) => variants.iter().any(|(name, content)| match content {
            Content::Newtype(inner) => {
                let is_it = |it: &&Value| it.get(&tags.tag).and_then(Value::as_str) == Some(name);
                let contents = present()
                    .filter(is_it)
                    .filter_map(|it| it.get(&tags.content));
                is_unread(inner, &contents.collect::<Vec<_>>())
            }
            _ => false,
        }),
        Format::Any(taken) if taken.is_empty() => values.is_empty(),
        Format::Any(taken) => taken.iter().any(|word| match word.as_str() {
            UNSEEN_OBJECT => !present().any(|it| it.as_object().is_some_and(|it| !it.is_empty())),
            UNSEEN_LIST => !present().any(|it| it.as_array().is_some_and(|it| !it.is_empty())),
            _ => false,
        }),
        _ => values.is_empty(),
    }
}

fn is_field_unread(field: &Field, values: &[&Value]) -> bool {
    let names = || std::iter::once(&field.name).chain(&field.aliases);
    let values: Vec<&Value> = values
        .iter()
        .filter_map(|it| names().find_map(|name| it.get(name)))
        .collect();
    is_unread(&field.format, &values)
}
