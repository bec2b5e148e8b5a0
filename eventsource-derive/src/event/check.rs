//! What must hold across an event's attributes.

use std::collections::HashMap;

use proc_macro2::Span;

use super::model::{Event, Form, Kind, Retirement, Since, Was};
use crate::ctxt::Ctxt;
use crate::serde_attr;

pub fn check(ctxt: &Ctxt, event: &Event) {
    names_are_unique(ctxt, event);
    for kind in &event.kinds {
        upcasts(ctxt, kind);
        for (at, field) in kind.fields.iter().enumerate() {
            let label = field.label(at);
            versions(ctxt, &label, kind.version, field.since.as_ref(), &field.was);
            if kind.form == Form::Tuple {
                positions(
                    ctxt,
                    field.since.as_ref(),
                    &field.was,
                    kind.fields.len() - at == 1,
                );
            }
        }
        steps(ctxt, kind);
        if !event.family {
            shapes_are_possible(ctxt, event, kind);
        }
    }
}

fn names_are_unique(ctxt: &Ctxt, event: &Event) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for kind in &event.kinds {
        let names = std::iter::once((&kind.name, kind.name_span))
            .chain(kind.aliases.iter().map(|(name, span)| (name, *span)));
        for (name, span) in names {
            if let Some(first) = seen.get(name.as_str()) {
                let line = first.start().line;
                ctxt.error(span, format!("two events would be stored as \"{name}\": rename this one (the first is on line {line})"));
            } else {
                seen.insert(name, span);
            }
        }
    }
}

fn upcasts(ctxt: &Ctxt, kind: &Kind) {
    let mut seen: HashMap<u16, Span> = HashMap::new();
    for upcast in &kind.upcasts {
        if upcast.from >= kind.version {
            ctxt.error(
                upcast.from_span,
                beyond(kind.version, "an upcast reads an older version"),
            );
        }
        if let Some(first) = seen.get(&upcast.from) {
            let line = first.start().line;
            ctxt.error(
                upcast.from_span,
                format!("version {} has an upcast already: keep one of them (the first is on line {line})", upcast.from),
            );
        } else {
            seen.insert(upcast.from, upcast.from_span);
        }
    }
}

fn beyond(version: u16, rule: &str) -> String {
    if version == 1 {
        format!(
            "the event is at version 1 and has no older one: raise its `version`, or leave this out ({rule})"
        )
    } else {
        format!(
            "the event is at version {version}, so the last old version is {}: {rule}",
            version - 1
        )
    }
}

/// The rules of `since` and `was`, on a field of an event or of a command.
pub fn versions(ctxt: &Ctxt, label: &str, version: u16, since: Option<&Since>, was: &[Was]) {
    if let Some(since) = since {
        if since.version > version {
            ctxt.error(
                since.span,
                format!(
                    "field `{label}` would exist since version {}, and the event is at version {version}: raise `version` to {}, or lower `since`",
                    since.version, since.version
                ),
            );
        } else if since.version == 1 {
            ctxt.error(since.span, "every field exists since version 1 by itself: leave `since` and `default` out, or name a later version");
        }
    }
    let mut last = 0;
    for was in was {
        if was.until >= version {
            ctxt.error(
                was.until_span,
                beyond(version, "`was` is about an older version"),
            );
        }
        if was.until <= last {
            let until = was.until;
            let claimed = if until == 1 {
                "version 1 is".to_owned()
            } else {
                format!("versions 1 to {until} are")
            };
            ctxt.error(
                was.span,
                format!("{claimed} claimed by two `was` of field `{label}`, this one and the one before it (until = {last}): list them oldest first, each `until` above the last"),
            );
        }
        if let Some(since) = since
            && was.until < since.version
        {
            ctxt.error(
                was.until_span,
                format!(
                    "field `{label}` exists since version {}, so it was nothing until version {}",
                    since.version, was.until
                ),
            );
        }
        last = last.max(was.until);
    }
}

fn positions(ctxt: &Ctxt, since: Option<&Since>, was: &[Was], last: bool) {
    for was in was {
        if was.name.is_some() {
            ctxt.error(
                was.span,
                "a field of a tuple has no stored name: leave `name` out",
            );
        }
    }
    if let Some(since) = since
        && !last
    {
        ctxt.error(
            since.span,
            "only the last field of a tuple can be new: older payloads have the others in front",
        );
    }
}

/// Whether something accounts for the step from this version to the next.
fn accounted(kind: &Kind, from: u16) -> bool {
    kind.upcasts.iter().any(|upcast| upcast.from == from)
        || kind.fields.iter().any(|field| {
            field
                .since
                .as_ref()
                .is_some_and(|since| since.version == from + 1)
                || field.was.iter().any(|was| was.until == from)
        })
}

fn steps(ctxt: &Ctxt, kind: &Kind) {
    // An event that is read as nothing is never decoded, in no version.
    if matches!(kind.retirement, Retirement::Drop) {
        if let Some(upcast) = kind.upcasts.first() {
            ctxt.error(
                upcast.from_span,
                "an event that is read as nothing needs no upcast: leave it out",
            );
        }
        return;
    }
    let missing: Vec<u16> = (1..kind.version)
        .filter(|from| !accounted(kind, *from))
        .collect();
    if let Some(first) = missing.first() {
        let listed: Vec<String> = missing
            .iter()
            .take(5)
            .map(|from| format!("{from} → {}", from + 1))
            .collect();
        let more = if missing.len() > 5 {
            format!(" and {} more", missing.len() - 5)
        } else {
            String::new()
        };
        ctxt.error(
            kind.version_span,
            format!(
                "nothing says how version {} differs ({}{more}): mark a field `#[event(since = {}, default)]` or `#[event(was(name = \"…\", until = {first}))]`, \
                 or give the event `upcast(from = {first}, type = Old)`, or `upcast(from = {first}, with = f)`",
                first + 1,
                listed.join(", "),
                first + 1,
            ),
        );
    }
}

/// A struct that serde reads through another type has no shape that older versions could be read by.
fn shapes_are_possible(ctxt: &Ctxt, event: &Event, kind: &Kind) {
    let Some(opaque) = serde_attr::opaque(&event.serde) else {
        return;
    };
    for field in &kind.fields {
        let name = opaque
            .path()
            .get_ident()
            .map_or_else(String::new, ToString::to_string);
        let message = format!(
            "serde reads this struct by `{name}`, not field by field: account for older versions with `upcast(…)`"
        );
        if let Some(since) = &field.since {
            ctxt.error(since.span, &message);
        }
        for was in &field.was {
            ctxt.error(was.span, &message);
        }
    }
}
