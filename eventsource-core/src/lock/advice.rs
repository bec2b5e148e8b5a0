//! What to write, for each difference under a released version.

use super::declaration::{Declaration, Kind};
use super::difference::{Change, Difference, is_opaque};
use super::report::{Finding, Verdict};
use crate::shape::Format;

/// What a difference between a released version and the code of today means.
pub(super) fn finding(
    declared: &Declaration,
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
        declared: Some(declared.declared()),
        path: path.join("."),
        what: what(change),
        write: if change.is_safe() {
            Vec::new()
        } else {
            write(declared, version, difference)
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
        Change::Removed(field) | Change::Refused(field) => {
            format!("the field `{}` is no longer read", field.name)
        }
        Change::Stricter => "it refuses fields that it does not know".to_owned(),
        Change::Looser => "it passes over fields that it does not know".to_owned(),
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
fn write(declared: &Declaration, version: u16, difference: &Difference) -> Vec<String> {
    let Difference { path, change } = difference;
    let mut lines = Vec::new();
    let next = version.saturating_add(1);
    let key = declared.kind().word();
    if declared.version() == version {
        lines.push(format!("`version = {next}` on `{}`", declared.rust_name()));
    }
    // The fields of a family of commands stand within its variants.
    let path = match path.split_first() {
        Some((_, within)) if declared.is_family() => within,
        _ => path.as_slice(),
    };
    match (path, change) {
        ([], Change::Added(field)) => lines.push(format!(
            "#[{key}(since = {next}, default)]  on its field `{}`",
            field.name
        )),
        ([], Change::Renamed(from, to)) if are_named_alike(&from.format, &to.format) => {
            lines.push(format!(
                "#[{key}(was(name = \"{}\", until = {version}))]  on its field `{}`",
                from.name, to.name
            ));
        }
        ([], Change::Renamed(from, to)) => lines.push(format!(
            "#[{key}(was(name = \"{}\", type = {}, until = {version}, with = convert))]  on its field `{}`",
            from.name,
            rust_type(&from.format),
            to.name
        )),
        ([], Change::Removed(_) | Change::Refused(_)) if declared.kind() == Kind::Command => {
            lines = vec!["keep the field".to_owned()];
        }
        ([], Change::Removed(field) | Change::Refused(field)) => {
            lines.push(format!(
                "#[event(upcast(from = {version}, type = {}V{version}))]  with a struct of the fields as they were, `{}: {}` among them",
                old_name(declared.rust_name()),
                field.name,
                rust_type(&field.format)
            ));
            lines.push("or keep the field".to_owned());
        }
        ([field], Change::Retyped(from, _)) => lines.push(format!(
            "#[{key}(was(type = {}, until = {version}, with = convert))]  on its field `{field}`",
            rust_type(from)
        )),
        ([field], Change::Required(from)) => lines.push(format!(
            "#[{key}(was(type = {}, until = {version}, with = convert))]  on its field `{field}`",
            rust_type(&optional(from))
        )),
        ([field, ..], change) => nested(&mut lines, key, (field, version), change),
        ([], _) if declared.kind() == Kind::Command => {
            lines = vec!["keep it as it was, and give its new form a name of its own".to_owned()];
        }
        ([], change) => whole(&mut lines, declared, version, change),
    }
    lines
}

/// What to write where something new is like what is gone.
pub(super) fn renamed(candidate: &Declaration, name: &str) -> Vec<String> {
    match candidate.kind() {
        Kind::Event => vec![
            format!("`aliases(\"{name}\")` on `{}`", candidate.rust_name()),
            "or, if it is another event, the old one with `retired`".to_owned(),
        ],
        Kind::Command => vec![
            format!(
                "`name = \"{name}\"` on `{}`: it is the name that it waits under in an outbox",
                candidate.rust_name()
            ),
            "or, if it is another command, the old one beside it".to_owned(),
        ],
    }
}

/// What to write where something is gone.
pub(super) fn gone(kind: Kind, name: &str, version: u16) -> Vec<String> {
    match kind {
        Kind::Event => vec![
            format!(
                "the event again, with `#[event(name = \"{name}\", version = {version}, retired)]`"
            ),
            format!(
                "or `#[derive(Event)] #[event(name = \"{name}\", version = {version}, retired(drop))] struct Gone;`, to read it as nothing"
            ),
        ],
        Kind::Command => vec![
            format!(
                "the command again, with `#[command(name = \"{name}\", version = {version}, …)]`, in the list of its process manager"
            ),
            "or, once no outbox holds one, take its lines out of the lock file".to_owned(),
        ],
    }
}

/// What became of an alias that a type was read under.
pub(super) fn lost_alias(declared: &Declaration, now: Option<&Declaration>) -> String {
    now.map_or_else(
        || {
            format!(
                "{} was read under this name, too, and stored ones can no longer be read",
                declared.name()
            )
        },
        |now| {
            format!(
                "{} was read under this name, too, and stored ones are now read as {}",
                declared.name(),
                now.name()
            )
        },
    )
}

/// What to write where an alias was taken away.
pub(super) fn alias(declared: &Declaration, alias: &str, now: Option<&Declaration>) -> Vec<String> {
    let from = now.map_or_else(String::new, |now| {
        format!(", and not on `{}`", now.rust_name())
    });
    vec![
        format!("`aliases(\"{alias}\")` on `{}`{from}", declared.rust_name()),
        format!(
            "or, where no log holds one, take the line `also {alias}` out of the lock file; `app.verify()` counts them"
        ),
    ]
}

/// What to write where a released payload is read differently.
pub(super) fn golden(verdict: Verdict, version: u16, declared: &Declaration) -> Vec<String> {
    let rewrite =
        "or, where the new value is the one that was meant all along: EVENTSOURCE_LOCK=rewrite cargo test"
            .to_owned();
    match verdict {
        Verdict::Unsteady => vec![
            "a default or an upcast that depends on the payload alone: no clock, no random number, no file".to_owned(),
        ],
        Verdict::Untold => vec![
            format!("`Serialize` on `{}` again, as it was", declared.rust_name()),
        ],
        _ if version == declared.version() => vec![
            format!(
                "`version = {}` on `{}`, and how version {version} is read",
                version.saturating_add(1),
                declared.rust_name()
            ),
            rewrite,
        ],
        _ => vec![format!("the upcast of version {version} as it was"), rewrite],
    }
}

/// Where code of the user's panicked at a sample.
pub(super) fn panicked(declared: &Declaration, version: u16) -> String {
    told(
        declared,
        version,
        "a conversion in it panics at a value that no stored event has; return an error from it instead",
    )
}

/// Where what a version is read as stands nowhere.
pub(super) fn unrecorded(declared: &Declaration, version: u16) -> String {
    told(
        declared,
        version,
        "it is no longer written, and not `Serialize`, so that no value of it is on record; derive `Serialize` for it",
    )
}

fn told(declared: &Declaration, version: u16, what: &str) -> String {
    format!(
        "{} version {version} at {}: {what}",
        declared.name(),
        declared.declared()
    )
}

/// Why no payload of a version is known, or not of all parts of it, and how to help.
pub(super) fn unseen(
    declared: &Declaration,
    version: u16,
    shape: Option<&Format>,
    is_whole: bool,
) -> String {
    let golden = "in the lock file, write `golden {…}` under it, with a payload as it was stored";
    let (why, help) = match shape {
        None => (
            "a function reads it as JSON, so that its form stands nowhere",
            golden.to_owned(),
        ),
        Some(shape) if is_opaque(shape) => {
            let help = if declared.kind() == Kind::Event && version == declared.version() {
                format!(
                    "on {}, write `#[event(example = …)]` with a value of it, or `#[event(schemars)]` where its type derives `schemars::JsonSchema`; or, {golden}",
                    unseen_fields(shape)
                )
            } else {
                golden.to_owned()
            };
            let why = if is_whole {
                "a type in it refuses every sample"
            } else {
                "a type in it, which may be absent, refuses every sample, or takes more than was seen"
            };
            (why, help)
        }
        Some(_) => (
            "its upcast, or its type as a whole, refuses every sample",
            golden.to_owned(),
        ),
    };
    told(declared, version, &format!("{why}; {help}"))
}

/// The fields that nothing was seen of.
fn unseen_fields(shape: &Format) -> String {
    let fields: Vec<_> = match shape {
        Format::Struct(_, fields, _) => fields
            .iter()
            .filter(|field| is_opaque(&field.format))
            .map(|field| format!("`{}`", field.name))
            .collect(),
        _ => Vec::new(),
    };
    if fields.is_empty() {
        "the field".to_owned()
    } else {
        fields.join(" and ")
    }
}

fn optional(format: &Format) -> Format {
    match format {
        Format::Optional(_) => format.clone(),
        other => Format::Optional(Box::new(other.clone())),
    }
}

/// A difference within the type of a field: serde's own attribute where one is enough, else the type as it was.
fn nested(lines: &mut Vec<String>, key: &str, (field, version): (&str, u16), change: &Change) {
    let keep = format!(
        "#[{key}(was(type = Old, until = {version}, with = convert))]  on the field `{field}`, with its type kept as `Old` as it was (`Vec<Old>`, `Option<Old>` where the field has it in such)"
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

fn whole(lines: &mut Vec<String>, declared: &Declaration, version: u16, change: &Change) {
    let old = old_name(declared.rust_name());
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
        Format::Struct(name, ..)
        | Format::Enum(name, _)
        | Format::Tagged(name, ..)
        | Format::Again(name)
            if !name.is_empty() =>
        {
            name.clone()
        }
        _ => "serde_json::Value".into(),
    }
}
