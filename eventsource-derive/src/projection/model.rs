//! What a projection declares, as plain data.

use std::collections::HashMap;

use proc_macro2::{Ident, Span};
use quote::ToTokens as _;
use syn::{Data, DeriveInput, Fields, Path, Type};

use super::manner::Manner;
use super::process::{self, Process};
use crate::attr::{self, Items};
use crate::ctxt::Ctxt;
use crate::event::refuse_parameter;
use crate::list::{self, Listed};
use crate::naming::{self, snake_case, unraw};
use crate::tokens::written;

pub struct Projection {
    pub manner: &'static Manner,
    pub ident: Ident,
    pub runtime: Path,
    pub name: String,
    pub version: u16,
    pub events: Vec<Listed>,
    pub retired: Vec<Type>,
    pub global: bool,
    pub immediate: bool,
    pub fields: Vec<Field>,
    /// What it does besides, where it is a process manager.
    pub process: Option<Process>,
    /// Whether the default key could not be read, or the whole attribute is missing.
    broken: bool,
    /// Its doc comment.
    pub docs: String,
}

/// A field, which is a column.
pub struct Field {
    pub ident: Ident,
    pub ty: Type,
    pub column: String,
    /// Where it is given; the field's name where it is that.
    column_span: Span,
    pub key: bool,
    pub index: bool,
    pub unique: bool,
}

impl Projection {
    pub fn parse(ctxt: &Ctxt, input: &DeriveInput, manner: &'static Manner) -> Self {
        let item = manner.item;
        for parameter in &input.generics.params {
            refuse_parameter(ctxt, parameter, item, "its table is of one type");
        }
        let ident = input.ident.clone();
        let named = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) => Some(&fields.named),
                Fields::Unnamed(_) | Fields::Unit => None,
            },
            Data::Enum(_) | Data::Union(_) => None,
        };
        if named.is_none() {
            ctxt.error(
                ident.span(),
                format!("{item} is a struct with named fields: each is a column of its table"),
            );
        }
        let items = attr::parse(ctxt, &input.attrs, manner.keys);
        let proposed = snake_case(&unraw(&ident));
        say_what_is_missing(ctxt, manner, &items, &ident, &proposed);
        if let Some(name) = items.text("name") {
            naming::check(ctxt, "the name", &name.value(), name.span(), &proposed);
        }
        let before = ctxt.count();
        let mut events = items
            .inner("events")
            .map(|inner| list::events(ctxt, inner.clone(), manner.lister))
            .unwrap_or_default();
        let rejections = process::rejections(ctxt, &mut events);
        if let Some(item) = items.get("events")
            && events.is_empty()
            && ctxt.count() == before
        {
            let advice = rejections.first().map_or_else(
                || "list them in `events(…)`".to_owned(),
                |rejection| {
                    let only = written(&rejection.ty);
                    format!("`{only}` comes back to one that an event began, list that event too, `events(…, {only})`")
                },
            );
            ctxt.error(
                item.key.span(),
                format!(
                    "{} without events has no {}s: {advice}",
                    manner.item, manner.row
                ),
            );
        }
        let retired = items.types(ctxt, "retired");
        for (at, ty) in retired.iter().enumerate() {
            let name = ty.to_token_stream().to_string();
            let same = |other: &Type| other.to_token_stream().to_string() == name;
            let name = written(ty);
            if events.iter().any(|listed| same(&listed.ty)) {
                ctxt.error_at(ty, format!("`{name}` stands in `events(…)` too, which reads it already: keep one of them"));
            } else if retired[..at].iter().any(same) {
                ctxt.error_at(ty, format!("`{name}` is listed twice: keep one of them"));
            }
        }
        let global = items.name("key").is_some_and(|word| word == "global");
        let projection = Self {
            manner,
            runtime: items.runtime(),
            docs: attr::docs(&input.attrs),
            broken: !items.is_present() || (items.given("key") && items.get("key").is_none()),
            name: items.text("name").map_or(proposed, syn::LitStr::value),
            version: items.version("version").map_or(1, |(version, _)| version),
            immediate: items
                .text("consistency")
                .is_some_and(|text| text.value() == "immediate"),
            fields: named
                .into_iter()
                .flatten()
                .filter_map(|field| Field::parse(ctxt, field, manner))
                .collect(),
            process: manner
                .acts()
                .then(|| Process::parse(ctxt, &items, rejections)),
            ident,
            events,
            retired,
            global,
        };
        if let Some(named) = named {
            projection.check_keys(ctxt, named);
        }
        projection.check_columns(ctxt);
        projection
    }

    /// The field that holds the row's key; none in a global read model.
    pub fn key(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.key)
    }

    fn check_keys<'a>(&self, ctxt: &Ctxt, fields: impl IntoIterator<Item = &'a syn::Field>) {
        let manner = self.manner;
        let (attribute, whole, a_row) = (manner.attribute(), manner.whole, manner.a_row);
        let silent = Ctxt::new();
        let fields: Vec<_> = fields.into_iter().collect();
        // Of an attribute of the other derive rustc says that there is none here.
        let misplaced = fields.iter().flat_map(|field| &field.attrs).any(|attr| {
            let path = attr.path();
            !path.is_ident(attribute)
                && ["projection", "process_manager"]
                    .iter()
                    .any(|other| path.is_ident(other))
        });
        let fields: Vec<_> = fields
            .into_iter()
            .map(|field| attr::parse(&silent, &field.attrs, self.manner.field_keys))
            .collect();
        let _ = silent.finish();
        let keys: Vec<Span> = fields
            .iter()
            .filter_map(|field| field.flag("key"))
            .collect();
        match keys.as_slice() {
            [] if misplaced || self.broken || fields.iter().any(|field| field.given("key")) => {}
            [] if !self.global => ctxt.error(
                self.ident.span(),
                format!("{a_row} is found by its key: mark the field that holds it with `#[{attribute}(key)]`, or write `key = global` for one {} over everything", manner.row),
            ),
            [first, ..] if self.global => {
                ctxt.error(*first, format!("a global {whole} is one {} and has no key: leave `#[{attribute}(key)]` out, or `key = global`", manner.row));
            }
            [first, more @ ..] => {
                let line = first.start().line;
                for span in more {
                    ctxt.error(*span, format!("{a_row} has one key: keep one of them (the first is on line {line})"));
                }
            }
            [] => {}
        }
        for listed in &self.events {
            let Some(keys) = &listed.keys else { continue };
            match (keys.get("key"), keys.get("key_with")) {
                (Some(_), Some(with)) => {
                    ctxt.error(with.key.span(), "`key` and `key_with` exclude each other (a field of the event, or a function): keep one of them");
                }
                (Some(item), None) | (None, Some(item)) if self.global => {
                    ctxt.error(item.key.span(), format!("a global {whole} is one {}: leave the event's key out, or `key = global`", manner.row));
                }
                (None, None) if !keys.is_broken(&["key", "key_with"]) => {
                    ctxt.error_at(&listed.ty, format!("say which {1} the event belongs to, `{0}(key = field)` or `{0}(key_with = f)`, or write `{0}` alone", listed.written(), manner.row));
                }
                _ => {}
            }
        }
    }

    fn check_columns(&self, ctxt: &Ctxt) {
        let mut seen: HashMap<String, &Field> = HashMap::new();
        for field in &self.fields {
            // SQL compares column names without regard to case.
            if let Some(first) = seen.insert(field.column.to_lowercase(), field) {
                let (one, other) = (unraw(&first.ident), unraw(&field.ident));
                let case = (first.column != field.column).then(|| {
                    format!(
                        " (to SQL, `{}` and `{}` are one name)",
                        first.column, field.column
                    )
                });
                ctxt.error(
                    field.column_span,
                    format!(
                        "the fields `{one}` and `{other}` would be one column{}: give `{other}` another, `#[{}(column = \"{other}_2\")]`",
                        case.unwrap_or_default(),
                        self.manner.attribute()
                    ),
                );
            }
        }
    }
}

fn say_what_is_missing(ctxt: &Ctxt, manner: &Manner, items: &Items, ident: &Ident, proposed: &str) {
    let name = format!("name = \"{proposed}\"");
    let missing: Vec<&str> = [("name", name.as_str())]
        .into_iter()
        .chain(manner.required.iter().copied())
        .filter(|(key, _)| !items.given(key))
        .map(|(_, example)| example)
        .collect();
    if missing.is_empty() {
        return;
    }
    let advice = manner
        .advice
        .filter(|(key, _)| !items.given(key))
        .map(|(_, advice)| format!("; {advice}"));
    ctxt.error(
        ident.span(),
        items.say_missing(manner.item, manner.keys, &missing.join(", "))
            + &advice.unwrap_or_default(),
    );
}

impl Field {
    fn parse(ctxt: &Ctxt, field: &syn::Field, manner: &Manner) -> Option<Self> {
        let ident = field.ident.clone()?;
        let items = attr::parse(ctxt, &field.attrs, manner.field_keys);
        if let Some(column) = items.text("column") {
            naming::check(
                ctxt,
                "the column",
                &column.value(),
                column.span(),
                &unraw(&ident),
            );
        }
        let key = items.flag("key").is_some();
        for (name, what) in [("index", "has an index"), ("unique", "is unique")] {
            if let (true, Some(span)) = (key, items.flag(name)) {
                ctxt.error(span, format!("a key {what} by itself: leave `{name}` out"));
            }
        }
        if let (Some(index), Some(_)) = (items.flag("index"), items.flag("unique")) {
            ctxt.error(
                index,
                "a unique column has an index by itself: leave `index` out",
            );
        }
        Some(Self {
            column: items
                .text("column")
                .map_or_else(|| unraw(&ident), syn::LitStr::value),
            column_span: items
                .text("column")
                .map_or_else(|| ident.span(), syn::LitStr::span),
            ty: field.ty.clone(),
            key,
            index: items.flag("index").is_some(),
            unique: items.flag("unique").is_some(),
            ident,
        })
    }
}
