//! What a command declares, as plain data.

use proc_macro2::{Ident, Span};
use syn::{Attribute, Data, DeriveInput, Fields, Meta, Path, Type};

use crate::attr::{self, Items};
use crate::ctxt::Ctxt;
use crate::event::{self, Examples, Field, Form, Retirement, Versioned, refuse_parameter};
use crate::keys::{COMMAND_ENUM, COMMAND_FIELD, COMMAND_STRUCT, COMMAND_VARIANT};
use crate::naming;
use crate::serde_attr;

/// A command, or a family of them.
pub struct Command {
    pub ident: Ident,
    pub runtime: Path,
    pub family: bool,
    /// `None` where it is missing; the error is reported then.
    pub aggregate: Option<Type>,
    /// `None`: it is not stored.
    pub name: Option<String>,
    pub version: u16,
    pub version_span: Span,
    /// The container's own serde attributes.
    pub serde: Vec<Meta>,
    pub kinds: Vec<Kind>,
    /// Its doc comment.
    pub docs: String,
}

/// The struct, or a variant.
pub struct Kind {
    pub ident: Ident,
    pub existence: Existence,
    /// `None` where it is missing; the error is reported then.
    pub id: Option<Id>,
    /// Its fields and what they were, as of an event.
    pub payload: event::Kind,
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
    pub fn parse(ctxt: &Ctxt, input: &DeriveInput) -> Self {
        for parameter in &input.generics.params {
            refuse_parameter(ctxt, parameter, "a command", "each command is one type");
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
                (&COMMAND_STRUCT, false)
            }
        };
        let items = attr::parse(ctxt, &input.attrs, place);
        if !items.given("aggregate") {
            ctxt.error(ident.span(), "a command goes to one aggregate: write `#[command(aggregate = …)]` with the type that handles it");
        }
        if let Some(name) = items.text("name") {
            let proposed = naming::snake_case(&naming::unraw(&ident));
            naming::check(ctxt, "the name", &name.value(), name.span(), &proposed);
        }
        let named = items.given("name");
        // Where the `version` or the whole attribute tells that a name is missing, the fields need not tell it again.
        let stored = named || items.given("version") || !items.is_present();
        let (version, version_span) = items.version("version").unwrap_or((1, ident.span()));
        let serde = attr::serde(&input.attrs);
        let owner = Owner {
            version,
            versioned: Versioned::of(&items),
            stored,
            serde,
        };
        if let Some(item) = items.get("version")
            && !named
        {
            ctxt.error(
                item.key.span(),
                "only a command that is stored has versions: give it a `name = \"…\"` too, or leave `version` out",
            );
        }
        let kinds = match &input.data {
            Data::Struct(data) => {
                vec![owner.kind(ctxt, &items, &ident, &data.fields, &input.attrs)]
            }
            Data::Enum(data) => {
                if data.variants.is_empty() {
                    ctxt.error(
                        ident.span(),
                        "a family of commands needs at least one variant: add one, with a field that holds the aggregate's id and is marked `#[command(id)]`",
                    );
                }
                let kind = |variant: &syn::Variant| {
                    let items = attr::parse(ctxt, &variant.attrs, &COMMAND_VARIANT);
                    owner.kind(
                        ctxt,
                        &items,
                        &variant.ident,
                        &variant.fields,
                        &variant.attrs,
                    )
                };
                data.variants.iter().map(kind).collect()
            }
            Data::Union(_) => Vec::new(),
        };
        Self {
            runtime: items.runtime(),
            aggregate: items.ty("aggregate").cloned(),
            name: items.text("name").map(syn::LitStr::value),
            version,
            version_span,
            serde: owner.serde,
            docs: attr::docs(&input.attrs),
            ident,
            family,
            kinds,
        }
    }
}

/// What a kind has to know of its command.
struct Owner {
    version: u16,
    versioned: Versioned,
    stored: bool,
    /// What stands on the command itself.
    serde: Vec<Meta>,
}

impl Owner {
    fn kind(
        &self,
        ctxt: &Ctxt,
        items: &Items,
        ident: &Ident,
        fields: &Fields,
        attrs: &[Attribute],
    ) -> Kind {
        let keys: Vec<Items> = fields
            .iter()
            .map(|field| attr::parse(ctxt, &field.attrs, &COMMAND_FIELD))
            .collect();
        let parsed: Vec<_> = fields
            .iter()
            .zip(&keys)
            .map(|(field, items)| self.field(ctxt, field, items))
            .collect();
        if self.stored {
            for (field, items) in parsed.iter().zip(&keys) {
                id_is_stored(ctxt, field, items);
            }
        }
        Kind {
            existence: existence(ctxt, items),
            id: id(ctxt, ident, fields, &keys),
            payload: event::Kind {
                name: naming::unraw(ident),
                name_span: ident.span(),
                aliases: Vec::new(),
                version: self.version,
                version_span: ident.span(),
                versioned: self.versioned,
                upcasts: Vec::new(),
                docs: attr::docs(attrs),
                retirement: Retirement::Current,
                renamed: serde_attr::renames_fields(&attr::serde(attrs), &self.serde),
                serde: attr::serde(attrs),
                form: Form::of(fields),
                broken: parsed.iter().any(|field| field.broken),
                fields: parsed,
                ident: ident.clone(),
            },
            ident: ident.clone(),
        }
    }

    fn field(&self, ctxt: &Ctxt, field: &syn::Field, items: &Items) -> Field {
        if self.stored {
            return Field::of(ctxt, field, items);
        }
        for key in ["since", "default", "was"] {
            for item in items.all(key) {
                // `default` belongs to a `since`, which is reported.
                if key != "default" || !items.given("since") {
                    let leave = match key {
                        "since" => "`since` and its default",
                        "was" => "this `was`",
                        key => &format!("`{key}`"),
                    };
                    ctxt.error(
                        item.key.span(),
                        format!("only a command that is stored has older versions: give it a `name = \"…\"` too, or leave {leave} out"),
                    );
                }
            }
        }
        Field {
            ident: field.ident.clone(),
            ty: field.ty.clone(),
            serde: attr::serde(&field.attrs),
            docs: String::new(),
            since: None,
            was: Vec::new(),
            examples: Examples::default(),
            broken: items.is_broken(&["since", "was"]),
        }
    }
}

/// What waits in an outbox is read again, with its id.
fn id_is_stored(ctxt: &Ctxt, field: &Field, items: &Items) {
    if let Some(meta) = serde_attr::skip(&field.serde)
        && items.flag("id").is_some()
    {
        ctxt.error_at(
            meta.path(),
            "a command that is stored has its id with it, and serde would leave it out: leave this key of serde's out",
        );
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

fn id(ctxt: &Ctxt, owner: &Ident, fields: &Fields, keys: &[Items]) -> Option<Id> {
    let mut id: Option<(Id, Span)> = None;
    for (at, (field, items)) in fields.iter().zip(keys).enumerate() {
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
    if id.is_none() && !keys.iter().any(|items| items.given("id")) {
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
