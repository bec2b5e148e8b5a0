//! Whether a payload is read to the value that is on record.

use serde_json::{Map, Value};

use crate::shape::{Content, Field, Format, Tags};

/// Whether `now` says what `then` said. What was added since, and what is null where it was absent, says nothing new.
pub(crate) fn says_the_same(
    then: &Value,
    now: &Value,
    released: Option<&Format>,
    today: Option<&Format>,
) -> bool {
    match (released, today) {
        (Some(released), Some(today)) => same(then, now, released, today),
        _ => contains(now, then),
    }
}

fn same(then: &Value, now: &Value, released: &Format, today: &Format) -> bool {
    match (released, today, then, now) {
        (_, _, Value::Null, Value::Null) => true,
        (Format::Optional(released), Format::Optional(today), ..) => {
            same(then, now, released, today)
        }
        (released, Format::Optional(today), ..) => same(then, now, released, today),
        (
            Format::Struct(_, released, _),
            Format::Struct(_, today, _),
            Value::Object(then),
            Value::Object(now),
        ) => fields(then, now, released, today),
        (Format::List(released), Format::List(today), Value::Array(then), Value::Array(now)) => {
            then.len() == now.len()
                && then
                    .iter()
                    .zip(now)
                    .all(|(then, now)| same(then, now, released, today))
        }
        (Format::Tuple(released), Format::Tuple(today), Value::Array(then), Value::Array(now)) => {
            then.len() == now.len()
                && then
                    .iter()
                    .zip(now)
                    .zip(released.iter().zip(today))
                    .all(|((then, now), (released, today))| same(then, now, released, today))
        }
        (
            Format::Map(_, released),
            Format::Map(_, today),
            Value::Object(then),
            Value::Object(now),
        ) if !matches!(**released, Format::Opaque(_)) => {
            then.len() == now.len()
                && then.iter().all(|(key, then)| {
                    now.get(key)
                        .is_some_and(|now| same(then, now, released, today))
                })
        }
        (Format::Enum(_, released), Format::Enum(_, today), ..) => {
            variant(then, now, (tag(then), tag(now)), released, today)
        }
        (Format::Tagged(_, before, released), Format::Tagged(_, after, today), ..) => {
            let tags = (told(then, before), told(now, after));
            variant(then, now, tags, released, today)
        }
        _ => contains(now, then),
    }
}

fn fields(
    then: &Map<String, Value>,
    now: &Map<String, Value>,
    released: &[Field],
    today: &[Field],
) -> bool {
    let of_today = |name: &str| {
        today
            .iter()
            .find(|field| field.name == name || field.aliases.iter().any(|alias| alias == name))
    };
    let kept = then.iter().all(|(name, then)| {
        let Some(field) = of_today(name) else {
            return then.is_null() || now.get(name).is_some_and(|now| contains(now, then));
        };
        let before = released
            .iter()
            .find(|it| it.name == *name || it.aliases.contains(name));
        match (now.get(&field.name), before) {
            (None, _) => then.is_null(),
            (Some(now), Some(before)) => same(then, now, &before.format, &field.format),
            (Some(now), None) => contains(now, then),
        }
    });
    let nothing_new = now.iter().all(|(name, now)| {
        let was_there = then.contains_key(name)
            || today.iter().any(|field| {
                field.name == *name && field.aliases.iter().any(|alias| then.contains_key(alias))
            });
        was_there || now.is_null() || !released.iter().any(|field| field.name == *name)
    });
    kept && nothing_new
}

/// The name of a variant, and its content.
type Variant<'a> = (&'a str, Option<&'a Value>);

/// The variant that one field of a value tells, with its content in another.
fn told<'a>(value: &'a Value, tags: &Tags) -> Option<Variant<'a>> {
    let name = value.get(&tags.tag)?.as_str()?;
    let content = value.get(&tags.content).filter(|it| !it.is_null());
    Some((name, content))
}

/// The name of a variant in a value, and its content.
fn tag(value: &Value) -> Option<Variant<'_>> {
    match value {
        Value::String(name) => Some((name, None)),
        Value::Object(object) if object.len() == 1 => object
            .iter()
            .next()
            .map(|(name, content)| (name.as_str(), Some(content))),
        _ => None,
    }
}

fn variant(
    then: &Value,
    now: &Value,
    tags: (Option<Variant<'_>>, Option<Variant<'_>>),
    released: &[(String, Content)],
    today: &[(String, Content)],
) -> bool {
    let (Some((name, before)), Some((new_name, after))) = tags else {
        return contains(now, then);
    };
    // Another name for it is a rename by `alias`; a name that another variant had already makes one of two.
    let renamed = name != new_name
        && today.iter().any(|(it, _)| it == name)
        && !released.iter().any(|(it, _)| it == new_name);
    if name != new_name && !renamed {
        return false;
    }
    let content = |variants: &[(String, Content)], name: &str| {
        variants
            .iter()
            .find(|(it, _)| it == name)
            .map(|(_, content)| content.clone())
    };
    match (before, after) {
        (None, None) => true,
        (Some(before), Some(after)) => match (content(released, name), content(today, new_name)) {
            (Some(Content::Newtype(released)), Some(Content::Newtype(today))) => {
                same(before, after, &released, &today)
            }
            _ => contains(after, before),
        },
        _ => false,
    }
}

/// Whether all that `then` says is in `now`.
fn contains(now: &Value, then: &Value) -> bool {
    match (now, then) {
        (Value::Object(now), Value::Object(then)) => then.iter().all(|(name, then)| {
            now.get(name)
                .map_or(then.is_null(), |now| contains(now, then))
        }),
        (Value::Array(now), Value::Array(then)) => {
            now.len() == then.len() && now.iter().zip(then).all(|(now, then)| contains(now, then))
        }
        (now, then) => now == then,
    }
}
