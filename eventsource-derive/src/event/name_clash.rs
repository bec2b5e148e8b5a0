//! No two fields of a payload have one name, in no version: what is stored under it could not be told apart.

use std::collections::HashMap;

use syn::spanned::Spanned as _;

use super::check::stored_name;
use super::model::{Field, Kind, Was};
use super::shape::{FieldShape, Plans};
use crate::ctxt::Ctxt;
use crate::serde_attr;

/// Reports fields that are stored under one name, and such as were.
pub fn names_of_fields(ctxt: &Ctxt, what: &str, kind: &Kind, plans: &Plans) {
    if kind.broken || kind.fields.iter().any(|field| field.broken) {
        return;
    }
    let today = vec![FieldShape::Same; kind.fields.len()];
    for (first, second, name) in clashes(kind, &today) {
        let (first, label) = (&kind.fields[first], kind.fields[first].label(first));
        let field = &kind.fields[second];
        let renamed = |field: &Field| {
            field
                .serde
                .iter()
                .find_map(|meta| meta.path().is_ident("rename").then(|| meta.span()))
        };
        if let Some(span) = renamed(field).or_else(|| renamed(first)) {
            ctxt.error(
                span,
                format!(
                    "fields `{label}` and `{}` would both be stored as `{name}`: give one of them another name",
                    field.label(second)
                ),
            );
        }
    }
    let mut reported: Vec<(usize, usize)> = Vec::new();
    for (at, shape) in plans.shapes.iter().enumerate() {
        let version = plans.first_of(at).unwrap_or_default();
        for (first, second, name) in clashes(kind, &shape.0) {
            let renamed = |at: usize| match shape.0.get(at) {
                Some(FieldShape::Was(which)) => {
                    let was = kind.fields[at].was.get(*which)?;
                    was.name.is_some().then_some((at, *which, was))
                }
                _ => None,
            };
            let Some((at, which, was)) = renamed(second).or_else(|| renamed(first)) else {
                continue;
            };
            if !reported.contains(&(at, which)) {
                reported.push((at, which));
                let other = if at == second { first } else { second };
                let other = kind.fields[other].label(other);
                report(ctxt, what, &other, was, &name, version);
            }
        }
    }
}

fn report(ctxt: &Ctxt, what: &str, other: &str, was: &Was, name: &str, version: u16) {
    let since = was.until.saturating_add(1);
    // A command has no upcasts.
    let upcast = if what == "event" {
        format!(", or `upcast(from = {version}, …)` on the event, where both are made of the one")
    } else {
        String::new()
    };
    ctxt.error(
        was.name_span,
        format!(
            "in version {version} field `{other}` is read from `{name}`, too: write the name that this field had then, or `since = {since}, default` on `{other}` if it came later{upcast}"
        ),
    );
}

/// Pairs of fields under one name.
fn clashes(kind: &Kind, shape: &[FieldShape]) -> Vec<(usize, usize, String)> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut found = Vec::new();
    for (at, (field, was)) in kind.fields.iter().zip(shape).enumerate() {
        let Some(name) = name_in(kind, field, *was) else {
            continue;
        };
        match seen.get(&name) {
            Some(first) => found.push((*first, at, name)),
            None => {
                seen.insert(name, at);
            }
        }
    }
    found
}

/// The name that a field has in a shape; `None` where it has none of its own, or where only serde can tell.
fn name_in(kind: &Kind, field: &Field, was: FieldShape) -> Option<String> {
    let (older, stored) = match was {
        FieldShape::Absent => return None,
        FieldShape::Same => (None, !serde_attr::is_skipped(&field.serde)),
        FieldShape::Was(which) => (field.was.get(which)?.name.clone(), true),
    };
    let flattened = field
        .serde
        .iter()
        .any(|meta| meta.path().is_ident("flatten"));
    older.or_else(|| {
        let named = stored && !flattened;
        named.then(|| stored_name(kind, field)).flatten()
    })
}
