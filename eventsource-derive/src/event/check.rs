//! What must hold across an event's attributes.

use std::collections::HashMap;

use proc_macro2::Span;
use quote::ToTokens as _;

use syn::Meta;

use super::model::{Conversion, Event, Field, Form, Kind, Retirement, Since, Versioned, Was};
use super::name_clash::names_of_fields;
use super::shape::{FieldShape, Plans};
use crate::ctxt::Ctxt;
use crate::naming::unraw;
use crate::serde_attr;

pub fn check(ctxt: &Ctxt, event: &Event) {
    names_are_unique(ctxt, event);
    for kind in &event.kinds {
        if !versions_are_known(ctxt, "event", &[kind]) {
            continue;
        }
        let before = ctxt.count();
        upcasts(ctxt, kind);
        field_rules(ctxt, "event", kind);
        // A version that is wrong where it stands may be the one that is missing.
        if ctxt.count() == before {
            steps(ctxt, kind);
        }
        if !event.family {
            opaque_shape(ctxt, &event.serde, kind);
        }
    }
}

/// What is said of older versions, in a sentence that asks to leave it out.
const SINCE: &str = "`since` and its default";
const WAS: &str = "this `was`";
const UPCAST: &str = "this `upcast`";

/// Whether what is said of older versions can be compared with the current one. A current version that is missing is reported, once.
pub fn versions_are_known(ctxt: &Ctxt, what: &str, kinds: &[&Kind]) -> bool {
    if kinds
        .iter()
        .any(|kind| kind.versioned == Versioned::Unreadable)
    {
        return false;
    }
    if kinds.iter().any(|kind| kind.versioned == Versioned::Given) {
        return true;
    }
    let fields = || kinds.iter().flat_map(|kind| &kind.fields);
    let since = fields().filter_map(|field| field.since.as_ref());
    let was = fields().flat_map(|field| &field.was);
    let upcasts = kinds.iter().flat_map(|kind| &kind.upcasts);
    let told = upcasts
        .map(|upcast| (upcast.from.saturating_add(1), upcast.from_span, UPCAST))
        .chain(since.map(|since| (since.version, since.span, SINCE)))
        .chain(was.map(|was| (was.until.saturating_add(1), was.until_span, WAS)));
    let told: Vec<(u16, Span, &str)> = told.filter(|(version, ..)| *version > 1).collect();
    let Some((version, ..)) = told.iter().max_by_key(|(version, ..)| *version) else {
        return true;
    };
    if let Some((_, span, leave)) = told.first() {
        ctxt.error(
            *span,
            format!("the {what} says no `version` and is at version 1, which has no older one: write `version = {version}` on it, or leave {leave} out"),
        );
    }
    false
}

/// The rules of `since` and `was`, on the fields of an event or of a command.
pub fn field_rules(ctxt: &Ctxt, what: &str, kind: &Kind) {
    // An event that is read as nothing is never decoded, in no version.
    if matches!(kind.retirement, Retirement::Drop) {
        let since = kind.fields.iter().filter_map(|field| field.since.as_ref());
        let was = kind.fields.iter().flat_map(|field| &field.was);
        let examples = kind.fields.iter().flat_map(|field| &field.examples.keys);
        let told = since
            .map(|since| (since.span, SINCE.to_owned()))
            .chain(was.map(|was| (was.span, WAS.to_owned())))
            .chain(examples.map(|key| (key.span(), format!("`{key}`"))));
        for (span, leave) in told {
            ctxt.error(
                span,
                format!("an event that is read as nothing (`retired(drop)`) needs no account of its fields: leave {leave} out"),
            );
        }
        return;
    }
    for field in &kind.fields {
        if field.serde.iter().any(|meta| meta.path().is_ident("skip")) {
            for key in &field.examples.keys {
                ctxt.error(
                    key.span(),
                    format!("serde skips this field, so that no payload has an example of it: leave `{key}` out"),
                );
            }
        }
    }
    let plans = Plans::of(kind);
    for (at, field) in kind.fields.iter().enumerate() {
        let before = ctxt.count();
        field_rule(ctxt, what, kind, at, field);
        if ctxt.count() == before && !kind.broken {
            of_effect(ctxt, &plans, at, field);
        }
    }
    names_of_fields(ctxt, what, kind, &plans);
}

/// What a field says of versions that are read by an upcast is never asked.
fn of_effect(ctxt: &Ctxt, plans: &Plans, at: usize, field: &Field) {
    let asked = |shape: FieldShape| plans.shapes.iter().any(|of| of.0.get(at) == Some(&shape));
    let message = |versions: String, leave: &str| {
        format!(
            "the versions {versions} are read by an `upcast`, which says what becomes of all their fields: leave {leave} out, or the upcast"
        )
    };
    if let Some(since) = &field.since
        && !asked(FieldShape::Absent)
    {
        let versions = format!("before {}", since.version);
        ctxt.error(since.span, message(versions, SINCE));
    }
    for (which, was) in field.was.iter().enumerate() {
        if !asked(FieldShape::Was(which)) {
            let versions = format!("up to {} that this `was` is about", was.until);
            ctxt.error(was.span, message(versions, WAS));
        }
    }
}

/// The name that serde gives the field; `None` where that takes more than its own attributes to tell.
pub fn stored_name(kind: &Kind, field: &Field) -> Option<String> {
    if kind.renamed {
        return None;
    }
    match field
        .serde
        .iter()
        .find(|meta| meta.path().is_ident("rename"))
    {
        None => field.ident.as_ref().map(unraw),
        Some(Meta::NameValue(rename)) => match &rename.value {
            syn::Expr::Lit(literal) => match &literal.lit {
                syn::Lit::Str(name) => Some(name.value()),
                _ => None,
            },
            _ => None,
        },
        Some(_) => None,
    }
}

/// What a field was is not what it is.
fn differs(ctxt: &Ctxt, kind: &Kind, field: &Field, was: &Was) {
    let same_type = was.ty.as_ref().is_some_and(|ty| {
        ty.to_token_stream().to_string() == field.ty.to_token_stream().to_string()
    });
    let same_name = was.name.is_some() && was.name == stored_name(kind, field);
    if same_name {
        ctxt.error(
            was.name_span,
            "this is the field's name now: write the one that it had then, or leave `name` out",
        );
    }
    if same_type && matches!(was.by, Conversion::From) {
        ctxt.error_at(
            &was.ty,
            "this is the field's type now: write the one that it had then, or leave `type` out",
        );
    }
}

fn field_rule(ctxt: &Ctxt, what: &str, kind: &Kind, at: usize, field: &Field) {
    versions(ctxt, what, &field.label(at), kind.version, field);
    if kind.form == Form::Tuple {
        let last = kind.fields.len() - at == 1;
        positions(ctxt, field.since.as_ref(), &field.was, last);
    }
    if field.broken {
        return;
    }
    for was in &field.was {
        differs(ctxt, kind, field, was);
    }
    for (was, next) in field.was.iter().zip(field.was.iter().skip(1)) {
        if was.until < next.until && was.says_as(next) {
            ctxt.error(
                was.span,
                "the `was` behind this one says the same of these versions: leave this `was` out",
            );
        }
    }
}

fn names_are_unique(ctxt: &Ctxt, event: &Event) {
    let mut seen: HashMap<&str, (usize, Span)> = HashMap::new();
    for (at, kind) in event.kinds.iter().enumerate() {
        let names = std::iter::once((&kind.name, kind.name_span))
            .chain(kind.aliases.iter().map(|(name, span)| (name, *span)));
        for (name, span) in names {
            match seen.get(name.as_str()) {
                Some((of, _)) if *of == at => {
                    ctxt.error(
                        span,
                        format!("the event is read as \"{name}\" already: leave this alias out"),
                    );
                }
                Some((_, first)) => {
                    let line = first.start().line;
                    ctxt.error(span, format!("two events would be stored as \"{name}\": rename this one (the first is on line {line})"));
                }
                None => {
                    seen.insert(name, (at, span));
                }
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
                beyond(
                    "event",
                    kind.version,
                    "from",
                    "an upcast reads an older version",
                    UPCAST,
                ),
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

fn beyond(what: &str, version: u16, key: &str, rule: &str, leave: &str) -> String {
    if version == 1 {
        return format!(
            "the {what} is at version 1 and has no older one ({rule}): raise `version`, or leave {leave} out"
        );
    }
    let last = version - 1;
    format!(
        "the {what} is at version {version}, so the last old version is {last} ({rule}): write `{key} = {last}` at most, or raise `version`"
    )
}

fn versions(ctxt: &Ctxt, what: &str, label: &str, version: u16, field: &Field) {
    let since = field.since.as_ref();
    if let Some(since) = since {
        if since.version > version {
            ctxt.error(
                since.span,
                format!(
                    "field `{label}` would exist since version {}, and the {what} is at version {version}: raise `version` to {}, or lower `since`",
                    since.version, since.version
                ),
            );
        } else if since.version == 1 {
            ctxt.error(since.span, "every field exists since version 1 by itself: leave `since` and `default` out, or name a later version");
        }
    }
    let mut last = 0;
    for was in &field.was {
        if was.until >= version {
            ctxt.error(
                was.until_span,
                beyond(
                    what,
                    version,
                    "until",
                    "`was` is about an older version",
                    WAS,
                ),
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
                    "field `{label}` exists since version {}, so it was nothing until version {}: leave this `was` out, or `since` and its default",
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
                "a field of a tuple has no stored name: leave `name` out of this `was`",
            );
        }
    }
    if let Some(since) = since
        && !last
    {
        ctxt.error(
            since.span,
            "only the last field of a tuple can be new, since older payloads have the others in front: move this field to the end",
        );
    }
}

fn steps(ctxt: &Ctxt, kind: &Kind) {
    // An event that is read as nothing is never decoded, in no version.
    if matches!(kind.retirement, Retirement::Drop) {
        if let Some(upcast) = kind.upcasts.first() {
            ctxt.error(
                upcast.from_span,
                "an event that is read as nothing (`retired(drop)`) needs no upcast: leave this `upcast` out",
            );
        }
        return;
    }
    if let Some((first, steps)) = unaccounted(kind.version, &[kind]) {
        ctxt.error(
            kind.version_span,
            format!(
                "nothing says how version {next} differs ({steps}): mark a field `#[event(since = {next}, default)]` or `#[event(was(name = \"…\", until = {first}))]`, \
                 or give the event `upcast(from = {first}, type = Old)`, or `upcast(from = {first}, with = f)`",
                next = first + 1,
            ),
        );
    }
}

/// The first version whose step to the next is accounted for by none of these, and all such steps in words.
pub fn unaccounted(version: u16, kinds: &[&Kind]) -> Option<(u16, String)> {
    // What could not be read is reported, and may be what accounts for a step.
    if kinds.iter().any(|kind| kind.broken) {
        return None;
    }
    let accounted = |from: u16| kinds.iter().any(|kind| accounts_for(kind, from));
    let missing: Vec<u16> = (1..version).filter(|from| !accounted(*from)).collect();
    let steps: Vec<String> = missing
        .iter()
        .take(5)
        .map(|from| format!("{from} → {}", from + 1))
        .collect();
    let more = missing.len().saturating_sub(steps.len());
    let more = (more > 0).then(|| format!(" and {more} more"));
    let steps = format!("{}{}", steps.join(", "), more.unwrap_or_default());
    missing.first().map(|first| (*first, steps))
}

/// Whether something says what the step from this version to the next changed.
fn accounts_for(kind: &Kind, from: u16) -> bool {
    kind.upcasts.iter().any(|upcast| upcast.from == from)
        || kind.fields.iter().any(|field| {
            field
                .since
                .as_ref()
                .is_some_and(|since| since.version == from + 1)
                || field.was.iter().any(|was| was.until == from)
        })
}

/// What serde reads through another type has no shape that older versions could be read by.
pub fn opaque_shape(ctxt: &Ctxt, serde: &[Meta], kind: &Kind) {
    let Some(opaque) = serde_attr::opaque(serde) else {
        return;
    };
    let name = opaque
        .path()
        .get_ident()
        .map_or_else(String::new, ToString::to_string);
    let message = |leave: &str| {
        format!(
            "serde reads this type by `{name}`, not field by field, so that its fields have no past of their own: leave {leave} out"
        )
    };
    for field in &kind.fields {
        if let Some(since) = &field.since {
            ctxt.error(since.span, message(SINCE));
        }
        for was in &field.was {
            ctxt.error(was.span, message(WAS));
        }
    }
}
