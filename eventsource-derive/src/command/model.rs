//! What a command declares, as plain data.

use proc_macro2::{Ident, Span};
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Fields, Path, Type};

use crate::attr::{self, Items};
use crate::ctxt::Ctxt;
use crate::event::{since, versions, was};
use crate::keys::{COMMAND_ENUM, COMMAND_FIELD, COMMAND_STRUCT, COMMAND_VARIANT};
use crate::naming;

/// A command, or a family of them.
pub struct Command {
    pub ident: Ident,
    pub runtime: Path,
    pub family: bool,
    /// `None` where it is missing; the error is reported then.
    pub aggregate: Option<Type>,
    pub name: Option<String>,
    pub version: u16,
    pub kinds: Vec<Kind>,
}

/// The struct, or a variant.
pub struct Kind {
    pub ident: Ident,
    pub existence: Existence,
    /// `None` where it is missing; the error is reported then.
    pub id: Option<Id>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existence {
    Required,
    Forbidden,
    Optional,
}

/// The field that holds the aggregate's id.
pub struct Id {
    pub member: syn::Member,
    pub ty: Type,
}

impl Command {
    pub fn parse(ctxt: &Ctxt, input: &DeriveInput) -> Option<Self> {
        for parameter in &input.generics.params {
            ctxt.error(
                parameter.span(),
                "a command has no parameters: it owns what it holds, and each command is one type",
            );
        }
        let ident = input.ident.clone();
        let (place, family) = match &input.data {
            Data::Struct(_) => (&COMMAND_STRUCT, false),
            Data::Enum(_) => (&COMMAND_ENUM, true),
            Data::Union(data) => {
                ctxt.error(
                    data.union_token.span,
                    "a union cannot be a command: derive `Command` on a struct or an enum",
                );
                return None;
            }
        };
        let items = attr::parse(ctxt, &input.attrs, place);
        if !items.given("aggregate") {
            ctxt.error(ident.span(), "a command goes to one aggregate: write `#[command(aggregate = …)]` with the type that handles it");
        }
        if let Some(name) = items.text("name") {
            naming::check(ctxt, "the name", &name.value(), name.span());
        }
        let version = items.version("version").map_or(1, |(version, _)| version);
        if let (Some(item), None) = (items.get("version"), items.get("name")) {
            ctxt.error(
                item.key.span(),
                "only a command that is stored has versions: give it a `name = \"…\"` too, or leave `version` out",
            );
        }
        let kinds = match &input.data {
            Data::Struct(data) => {
                let existence = existence(ctxt, &items);
                vec![Kind {
                    existence,
                    id: id(ctxt, &ident, &data.fields, version),
                    ident: ident.clone(),
                }]
            }
            Data::Enum(data) => {
                if data.variants.is_empty() {
                    ctxt.error(
                        ident.span(),
                        "a family of commands needs at least one variant",
                    );
                }
                data.variants
                    .iter()
                    .map(|variant| {
                        let of_variant = attr::parse(ctxt, &variant.attrs, &COMMAND_VARIANT);
                        Kind {
                            ident: variant.ident.clone(),
                            existence: existence(ctxt, &of_variant),
                            id: id(ctxt, &variant.ident, &variant.fields, version),
                        }
                    })
                    .collect()
            }
            Data::Union(_) => return None,
        };
        Some(Self {
            runtime: items.runtime(),
            aggregate: items.ty("aggregate").cloned(),
            name: items.text("name").map(syn::LitStr::value),
            version,
            ident,
            family,
            kinds,
        })
    }
}

fn existence(ctxt: &Ctxt, items: &Items) -> Existence {
    match (items.flag("creates"), items.flag("upserts")) {
        (Some(creates), Some(upserts)) => {
            let second = if position(creates) > position(upserts) {
                creates
            } else {
                upserts
            };
            ctxt.error(
                second,
                "`creates` and `upserts` exclude each other: the stream must not exist, or it may or may not; keep one of them",
            );
            Existence::Optional
        }
        (Some(_), None) => Existence::Forbidden,
        (None, Some(_)) => Existence::Optional,
        (None, None) => Existence::Required,
    }
}

fn position(span: Span) -> (usize, usize) {
    let start = span.start();
    (start.line, start.column)
}

fn id(ctxt: &Ctxt, owner: &Ident, fields: &Fields, version: u16) -> Option<Id> {
    let mut id: Option<(Id, Span)> = None;
    for (at, field) in fields.iter().enumerate() {
        let items = attr::parse(ctxt, &field.attrs, &COMMAND_FIELD);
        let label = field
            .ident
            .as_ref()
            .map_or_else(|| at.to_string(), naming::unraw);
        versions(
            ctxt,
            &label,
            version,
            since(ctxt, &items).as_ref(),
            &was(ctxt, &items),
        );
        let Some(span) = items.flag("id") else {
            continue;
        };
        if let Some((_, first)) = &id {
            let line = first.start().line;
            ctxt.error(span, format!("a command has one `id`, of the aggregate that it goes to: keep one of them (the first is on line {line})"));
            continue;
        }
        let member = field
            .ident
            .clone()
            .map_or_else(|| syn::Member::from(at), syn::Member::from);
        id = Some((
            Id {
                member,
                ty: field.ty.clone(),
            },
            span,
        ));
    }
    if id.is_none() {
        let name = naming::unraw(owner);
        let advice = if fields.is_empty() {
            "add a field that holds the aggregate's id, and mark it `#[command(id)]`"
        } else {
            "mark the field that holds the aggregate's id with `#[command(id)]`"
        };
        ctxt.error(
            owner.span(),
            format!("`{name}` does not say which aggregate it goes to: {advice}"),
        );
    }
    id.map(|(id, _)| id)
}
