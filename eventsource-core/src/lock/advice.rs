//! What to write, for each difference under a released version.

use super::difference::{Change, Difference};
use super::report::{Finding, Verdict};
use crate::event::EventType;
use crate::shape::{Content, Format};

/// What a difference between a released version and the code of today means.
pub(super) fn finding(
    event: &EventType,
    name: &str,
    version: u16,
    difference: &Difference,
) -> Finding {
    let Difference { path, change } = difference;
    Finding {
        verdict: if change.is_safe() {
            Verdict::Safe
        } else {
            Verdict::NeedsVersion
        },
        name: name.to_owned(),
        version: version.into(),
        declared: Some(event.into()),
        path: path.join("."),
        what: what(change),
        write: if change.is_safe() {
            Vec::new()
        } else {
            write(event, version, difference)
        },
    }
}

fn what(change: &Change) -> String {
    match change {
        Change::AddedOptional(field) => {
            format!("the field `{}` was added, and may be absent", field.name)
        }
        Change::Added(field) => format!(
            "the field `{}` was added, and released payloads lack it",
            field.name
        ),
        Change::Removed(field) => format!("the field `{}` is no longer read", field.name),
        Change::Renamed(from, to) if are_named_alike(&from.format, &to.format) => {
            format!("the field `{}` is now `{}`", from.name, to.name)
        }
        Change::Renamed(from, to) => format!(
            "the field `{}` ({}) is now `{}` ({})",
            from.name,
            words(&from.format),
            to.name,
            words(&to.format)
        ),
        Change::Retyped(from, to) => {
            format!("it was {} and is now {}", words(from), words(to))
        }
        Change::Required(_) => "it could be absent or null, and must now be there".to_owned(),
        Change::AddedVariant(name) => format!("the variant `{name}` was added"),
        Change::RemovedVariant(name) => format!("the variant `{name}` is no longer read"),
        Change::RenamedVariant(from, to) => format!("the variant `{from}` is now `{to}`"),
        Change::Wider(from, to) => format!(
            "it was {} and is now {}, which reads the same and more",
            words(from),
            words(to)
        ),
    }
}

fn words(format: &Format) -> String {
    format.to_lines().0
}

fn are_named_alike(one: &Format, other: &Format) -> bool {
    words(one) == words(other)
}

/// The attributes that read the released version as it was.
fn write(event: &EventType, version: u16, difference: &Difference) -> Vec<String> {
    let Difference { path, change } = difference;
    let mut lines = Vec::new();
    let next = version.saturating_add(1);
    if event.version == version {
        lines.push(format!("`version = {next}` on `{}`", event.rust_name));
    }
    match (path.as_slice(), change) {
        ([], Change::Added(field)) => lines.push(format!(
            "#[event(since = {next}, default)]  on its field `{}`",
            field.name
        )),
        ([], Change::Renamed(from, to)) if are_named_alike(&from.format, &to.format) => {
            lines.push(format!(
                "#[event(was(name = \"{}\", until = {version}))]  on its field `{}`",
                from.name, to.name
            ));
        }
        ([], Change::Renamed(from, to)) => lines.push(format!(
            "#[event(was(name = \"{}\", type = {}, until = {version}, with = convert))]  on its field `{}`",
            from.name,
            rust_type(&from.format),
            to.name
        )),
        ([], Change::Removed(field)) => {
            lines.push(format!(
                "#[event(upcast(from = {version}, type = {}V{version}))]  with a struct of the fields as they were, `{}: {}` among them",
                old_name(event.rust_name),
                field.name,
                rust_type(&field.format)
            ));
            lines.push("or keep the field".to_owned());
        }
        ([field], Change::Retyped(from, _)) => lines.push(format!(
            "#[event(was(type = {}, until = {version}, with = convert))]  on its field `{field}`",
            rust_type(from)
        )),
        ([field], Change::Required(from)) => lines.push(format!(
            "#[event(was(type = {}, until = {version}, with = convert))]  on its field `{field}`",
            rust_type(&optional(from))
        )),
        ([field, ..], change) => nested(&mut lines, field, version, change),
        ([], change) => whole(&mut lines, event, version, change),
    }
    lines
}

fn optional(format: &Format) -> Format {
    match format {
        Format::Optional(_) => format.clone(),
        other => Format::Optional(Box::new(other.clone())),
    }
}

/// A difference within the type of a field: serde's own attribute where one is enough, else the type as it was.
fn nested(lines: &mut Vec<String>, field: &str, version: u16, change: &Change) {
    let keep = format!(
        "#[event(was(type = Old, until = {version}, with = convert))]  on the field `{field}`, with its type kept as `Old` as it was"
    );
    let serde = match change {
        Change::Renamed(from, to) => Some(format!(
            "#[serde(alias = \"{}\")]  on `{}`",
            from.name, to.name
        )),
        Change::RenamedVariant(from, to) => {
            Some(format!("#[serde(alias = \"{from}\")]  on `{to}`"))
        }
        Change::Added(added) => Some(format!("#[serde(default)]  on `{}`", added.name)),
        _ => None,
    };
    match serde {
        Some(serde) => {
            lines.clear();
            lines.push(format!("{serde}, where the version stays as it is"));
            lines.push(format!("or a new version, with {keep}"));
        }
        None => lines.push(keep),
    }
}

fn whole(lines: &mut Vec<String>, event: &EventType, version: u16, change: &Change) {
    let old = old_name(event.rust_name);
    let ty = match change {
        Change::Retyped(from, _) | Change::Required(from) => {
            format!("{old}V{version}, which reads {}", words(from))
        }
        _ => format!("{old}V{version}, which reads it as it was"),
    };
    lines.push(format!(
        "#[event(upcast(from = {version}, type = {old}V{version}))]  with `{ty}`"
    ));
}

/// The last part of `Family::Variant`.
fn old_name(rust_name: &str) -> &str {
    rust_name.rsplit("::").next().unwrap_or(rust_name)
}

/// A Rust type that reads this.
fn rust_type(format: &Format) -> String {
    match format {
        Format::Plain(word) if word == "null" => "()".into(),
        Format::Plain(word) if word == "bytes" => "Vec<u8>".into(),
        Format::Plain(word) => word.clone(),
        Format::Text(_) => "String".into(),
        Format::Optional(inner) => format!("Option<{}>", rust_type(inner)),
        Format::List(inner) => format!("Vec<{}>", rust_type(inner)),
        Format::Map(key, value) => {
            format!("BTreeMap<{}, {}>", rust_type(key), rust_type(value))
        }
        Format::Tuple(parts) => {
            let parts: Vec<_> = parts.iter().map(rust_type).collect();
            format!("({})", parts.join(", "))
        }
        Format::Struct(name, _) | Format::Enum(name, _) | Format::Again(name)
            if !name.is_empty() =>
        {
            name.clone()
        }
        _ => "serde_json::Value".into(),
    }
}

/// Whether a format has a part that nothing was seen of.
pub(super) fn is_partly_unseen(format: &Format) -> bool {
    match format {
        Format::Opaque(_) | Format::Unseen => true,
        Format::Optional(inner) | Format::List(inner) => is_partly_unseen(inner),
        Format::Map(key, value) => is_partly_unseen(key) || is_partly_unseen(value),
        Format::Tuple(parts) => parts.iter().any(is_partly_unseen),
        Format::Struct(_, fields) => fields.iter().any(|field| is_partly_unseen(&field.format)),
        Format::Enum(_, variants) => variants.iter().any(
            |(_, content)| matches!(content, Content::Newtype(inner) if is_partly_unseen(inner)),
        ),
        _ => false,
    }
}
