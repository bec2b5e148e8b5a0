//! What a projection declares, as plain data.

use std::collections::HashMap;

use proc_macro2::{Ident, Span};
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Fields, Path, Type};

use crate::attr;
use crate::ctxt::Ctxt;
use crate::keys::{PROJECTION, PROJECTION_FIELD};
use crate::list::{self, Listed};
use crate::naming::{self, snake_case, unraw};
use crate::tokens::written;

pub struct Projection {
    pub ident: Ident,
    pub runtime: Path,
    pub name: String,
    pub version: u16,
    pub events: Vec<Listed>,
    pub retired: Vec<Type>,
    pub global: bool,
    pub immediate: bool,
    pub fields: Vec<Field>,
    /// Whether the default key could not be read, or the whole attribute is missing.
    broken: bool,
}

/// A field, which is a column.
pub struct Field {
    pub ident: Ident,
    pub ty: Type,
    pub column: String,
    pub key: bool,
    pub index: bool,
    pub unique: bool,
}

impl Projection {
    pub fn parse(ctxt: &Ctxt, input: &DeriveInput) -> Option<Self> {
        for parameter in &input.generics.params {
            ctxt.error(
                parameter.span(),
                "a projection has no parameters: its table is of one type, write a struct for each",
            );
        }
        let ident = input.ident.clone();
        let named = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) => Some(&fields.named),
                Fields::Unnamed(_) | Fields::Unit => None,
            },
            Data::Enum(_) | Data::Union(_) => None,
        };
        let Some(named) = named else {
            ctxt.error(
                ident.span(),
                "a projection is a struct with named fields: each is a column of its table",
            );
            return None;
        };
        let items = attr::parse(ctxt, &input.attrs, &PROJECTION);
        let proposed = snake_case(&unraw(&ident));
        let mut missing = Vec::new();
        for (key, example) in [
            ("name", format!("name = \"{proposed}\"")),
            ("version", "version = 1".to_owned()),
            ("events", "events(…)".to_owned()),
        ] {
            if !items.given(key) {
                missing.push(example);
            }
        }
        if !missing.is_empty() {
            ctxt.error(
                ident.span(),
                format!(
                    "a projection needs more to be said of it: add `{}` to `#[projection(…)]`",
                    missing.join(", ")
                ),
            );
        }
        if let Some(name) = items.text("name") {
            naming::check(ctxt, "the name", &name.value(), name.span());
        }
        let events = items
            .inner("events")
            .map(|inner| list::events(ctxt, inner.clone(), true))
            .unwrap_or_default();
        if let Some(item) = items.get("events")
            && events.is_empty()
            && !ctxt.has_errors()
        {
            ctxt.error(
                item.key.span(),
                "a projection without events has no rows: list them in `events(…)`",
            );
        }
        let retired = items.types(ctxt, "retired");
        for (at, ty) in retired.iter().enumerate() {
            let name = ty.to_token_stream().to_string();
            let same = |other: &Type| other.to_token_stream().to_string() == name;
            if events.iter().any(|listed| same(&listed.ty)) || retired[..at].iter().any(same) {
                ctxt.error_at(
                    ty,
                    format!("`{}` is listed twice: keep one of them", written(ty)),
                );
            }
        }
        let global = items.name("key").is_some_and(|word| word == "global");
        let projection = Self {
            runtime: items.runtime(),
            broken: !items.is_present() || (items.given("key") && items.get("key").is_none()),
            name: items.text("name").map_or(proposed, syn::LitStr::value),
            version: items.version("version").map_or(1, |(version, _)| version),
            immediate: items
                .text("consistency")
                .is_some_and(|text| text.value() == "immediate"),
            fields: named
                .iter()
                .filter_map(|field| Field::parse(ctxt, field))
                .collect(),
            ident,
            events,
            retired,
            global,
        };
        projection.check_keys(ctxt, named);
        projection.check_columns(ctxt, named);
        Some(projection)
    }

    /// The field that holds the row's key; none in a global read model.
    pub fn key(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.key)
    }

    fn check_keys<'a>(&self, ctxt: &Ctxt, fields: impl IntoIterator<Item = &'a syn::Field>) {
        let silent = Ctxt::new();
        let fields: Vec<_> = fields
            .into_iter()
            .map(|field| attr::parse(&silent, &field.attrs, &PROJECTION_FIELD))
            .collect();
        let _ = silent.finish();
        let keys: Vec<Span> = fields
            .iter()
            .filter_map(|field| field.flag("key"))
            .collect();
        match keys.as_slice() {
            [] if fields.iter().any(|field| field.given("key")) || self.broken => {}
            [] if !self.global => ctxt.error(
                self.ident.span(),
                "a row is found by its key: mark the field that holds it with `#[projection(key)]`, or write `key = global` for one row over everything",
            ),
            [first, ..] if self.global => {
                ctxt.error(*first, "a global read model is one row and has no key: leave `#[projection(key)]` out, or `key = global`");
            }
            [first, more @ ..] => {
                let line = first.start().line;
                for span in more {
                    ctxt.error(*span, format!("a row has one key: keep one of them (the first is on line {line})"));
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
                    ctxt.error(item.key.span(), "a global read model is one row: leave the event's key out, or `key = global`");
                }
                (None, None) if !keys.is_broken(&["key", "key_with"]) => {
                    ctxt.error_at(&listed.ty, format!("say which row the event belongs to, `{0}(key = field)` or `{0}(key_with = f)`, or write `{0}` alone", listed.written()));
                }
                _ => {}
            }
        }
    }

    fn check_columns<'a>(&self, ctxt: &Ctxt, fields: impl IntoIterator<Item = &'a syn::Field>) {
        let mut seen: HashMap<String, Span> = HashMap::new();
        for (field, parsed) in fields.into_iter().zip(&self.fields) {
            let span = field
                .ident
                .as_ref()
                .map_or_else(|| field.span(), Ident::span);
            // SQL compares column names without regard to case.
            if seen.insert(parsed.column.to_lowercase(), span).is_some() {
                ctxt.error(span, format!("two fields would be the column `{}`: rename one with `#[projection(column = \"…\")]`", parsed.column));
            }
        }
    }
}

impl Field {
    fn parse(ctxt: &Ctxt, field: &syn::Field) -> Option<Self> {
        let ident = field.ident.clone()?;
        let items = attr::parse(ctxt, &field.attrs, &PROJECTION_FIELD);
        if let Some(column) = items.text("column") {
            naming::check(ctxt, "the column", &column.value(), column.span());
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
            ty: field.ty.clone(),
            key,
            index: items.flag("index").is_some(),
            unique: items.flag("unique").is_some(),
            ident,
        })
    }
}
