//! An event's declaration, out of its attributes.

use proc_macro2::Span;
use syn::spanned::Spanned as _;
use syn::{Attribute, Data, DataEnum, DataStruct, DeriveInput, Fields, Ident, Meta};

use super::model::{Event, Field, Form, Kind, Retirement, Upcast, UpcastBy, Versioned};
use crate::attr::{self, Items, Value};
use crate::ctxt::Ctxt;
use crate::keys::{EVENT_ENUM, EVENT_STRUCT, EVENT_VARIANT, RETIRED_KEYS, UPCAST_KEYS};
use crate::naming::{self, snake_case, unraw};
use crate::serde_attr;

impl Event {
    pub fn parse(ctxt: &Ctxt, input: &DeriveInput) -> Option<Self> {
        refuse_generics(ctxt, input);
        match &input.data {
            Data::Struct(data) => Some(Self::of_struct(ctxt, input, data)),
            Data::Enum(data) => Some(Self::of_enum(ctxt, input, data)),
            Data::Union(data) => {
                ctxt.error(
                    data.union_token.span,
                    "a union cannot be an event: derive `Event` on a struct, or on an enum for a family of events",
                );
                None
            }
        }
    }

    fn of_struct(ctxt: &Ctxt, input: &DeriveInput, data: &DataStruct) -> Self {
        let ident = input.ident.clone();
        let items = attr::parse(ctxt, &input.attrs, &EVENT_STRUCT);
        let proposed = snake_case(&unraw(&ident));
        if !items.given("name") {
            ctxt.error(
                ident.span(),
                format!(
                    "an event is stored under a name of its own, so that renaming the Rust type orphans nothing: write `#[event(name = \"{proposed}\")]`"
                ),
            );
        }
        let (name, span) = items
            .text("name")
            .map_or((proposed, ident.span()), |text| (text.value(), text.span()));
        naming::check(ctxt, "the name", &name, span, &snake_case(&unraw(&ident)));
        let source = Source {
            ident: &ident,
            fields: &data.fields,
            attrs: &input.attrs,
            family: None,
        };
        Self {
            runtime: items.runtime(),
            family: false,
            serde: attr::serde(&input.attrs),
            kinds: vec![source.kind(ctxt, &items, (name, span))],
            ident,
        }
    }

    fn of_enum(ctxt: &Ctxt, input: &DeriveInput, data: &DataEnum) -> Self {
        let ident = input.ident.clone();
        let serde = attr::serde(&input.attrs);
        let items = attr::parse(ctxt, &input.attrs, &EVENT_ENUM);
        let proposed = match unraw(&ident).trim_end_matches("Event") {
            "" => snake_case(&unraw(&ident)),
            name => snake_case(name),
        };
        let prefix = items.text("prefix");
        let sound = prefix.is_none_or(|prefix| {
            naming::check(
                ctxt,
                "the prefix",
                &prefix.value(),
                prefix.span(),
                &proposed,
            )
        });
        let mut unnamed = Vec::new();
        let mut kinds = Vec::new();
        for variant in &data.variants {
            let of_variant = attr::parse(ctxt, &variant.attrs, &EVENT_VARIANT);
            let named = of_variant.text("name");
            let (name, span) = if let Some(text) = named {
                (text.value(), text.span())
            } else {
                if prefix.is_none() && !of_variant.given("name") {
                    unnamed.push(format!("`{}`", unraw(&variant.ident)));
                }
                let prefix = prefix.map_or_else(|| proposed.clone(), syn::LitStr::value);
                let name = format!("{prefix}.{}", snake_case(&unraw(&variant.ident)));
                (name, variant.ident.span())
            };
            // What the prefix makes unsound is reported there.
            if named.is_some() || sound {
                naming::check(
                    ctxt,
                    "the name",
                    &name,
                    span,
                    &format!("{proposed}.{}", snake_case(&unraw(&variant.ident))),
                );
            }
            let source = Source {
                ident: &variant.ident,
                fields: &variant.fields,
                attrs: &variant.attrs,
                family: Some(&serde),
            };
            kinds.push(source.kind(ctxt, &of_variant, (name, span)));
        }
        if !unnamed.is_empty() && !items.given("prefix") {
            let which = if unnamed.len() == data.variants.len() {
                "each variant".to_owned()
            } else {
                unnamed.join(", ")
            };
            ctxt.error(
                ident.span(),
                format!(
                    "each variant is stored under a name of its own: write `#[event(prefix = \"{proposed}\")]` on the enum, or `#[event(name = \"…\")]` on {which}"
                ),
            );
        }
        if data.variants.is_empty() {
            ctxt.error(
                ident.span(),
                "a family needs at least one variant: each is an event of its own, add one, such as `Opened { owner: String }`",
            );
        }
        Self {
            runtime: items.runtime(),
            family: true,
            serde,
            kinds,
            ident,
        }
    }
}

/// Reports a parameter of what can have none.
pub fn refuse_parameter(ctxt: &Ctxt, parameter: &syn::GenericParam, item: &str, reason: &str) {
    let message = match parameter {
        syn::GenericParam::Lifetime(it) => format!(
            "{item} has no borrowed fields: it owns what it holds, leave `{}` out and write `String` for `&str`",
            it.lifetime
        ),
        syn::GenericParam::Type(syn::TypeParam { ident, .. })
        | syn::GenericParam::Const(syn::ConstParam { ident, .. }) => format!(
            "{item} has no parameters: {reason}, leave `{ident}` out and write an item for each that it would stand for"
        ),
    };
    ctxt.error(parameter.span(), message);
}

fn refuse_generics(ctxt: &Ctxt, input: &DeriveInput) {
    for parameter in &input.generics.params {
        refuse_parameter(ctxt, parameter, "an event", "each stored event is one type");
    }
}

/// A struct or a variant, as it was written.
struct Source<'a> {
    ident: &'a Ident,
    fields: &'a Fields,
    attrs: &'a [Attribute],
    /// What serde is told on the variant's enum; `None` for a struct.
    family: Option<&'a [Meta]>,
}

impl Source<'_> {
    fn kind(&self, ctxt: &Ctxt, items: &Items, (name, name_span): (String, Span)) -> Kind {
        let mut aliases = Vec::new();
        if let Some(Value::Texts(texts)) = items.get("aliases").map(|item| &item.value) {
            for text in texts {
                naming::check(ctxt, "the alias", &text.value(), text.span(), "old.name");
                aliases.push((text.value(), text.span()));
            }
        }
        let (version, version_span) = items.version("version").unwrap_or((1, self.ident.span()));
        let form = Form::of(self.fields);
        let upcasts: Vec<_> = items
            .all("upcast")
            .map(|item| Upcast::parse(ctxt, item))
            .collect();
        let fields: Vec<_> = self
            .fields
            .iter()
            .map(|field| Field::parse(ctxt, field))
            .collect();
        let broken = items.is_broken(&["upcast"])
            || upcasts.iter().any(Option::is_none)
            || fields.iter().any(|field| field.broken);
        let serde = attr::serde(self.attrs);
        let versioned = match self.family {
            Some(_) => Versioned::of_variant(items),
            None => Versioned::of(items),
        };
        Kind {
            name,
            name_span,
            aliases,
            version,
            version_span,
            versioned,
            upcasts: upcasts.into_iter().flatten().collect(),
            retirement: Retirement::parse(ctxt, items),
            renamed: serde_attr::renames_fields(&serde, self.family.unwrap_or_default()),
            serde,
            docs: attr::docs(self.attrs),
            form,
            fields,
            broken,
            ident: self.ident.clone(),
        }
    }
}

impl Retirement {
    fn parse(ctxt: &Ctxt, items: &Items) -> Self {
        let Some(item) = items.get("retired") else {
            return Self::Current;
        };
        let Value::Inner(inner) = &item.value else {
            return Self::Retired;
        };
        let span = item.key.span();
        let keys = attr::parse_inner(ctxt, inner.clone(), &RETIRED_KEYS);
        match (keys.inner("into"), keys.flag("drop")) {
            (Some(_), Some(drop)) => {
                ctxt.error(
                    drop,
                    "`into(…)` and `drop` exclude each other: keep one of them",
                );
                Self::Drop
            }
            (Some(parts), None) => {
                if parts.is_empty() {
                    ctxt.error(span, "`into(…)` lists the events that it is read as: write `retired(into(A, B))`, or `retired(drop)` for none");
                    return Self::Into(Vec::new());
                }
                Self::Into(attr::types(ctxt, parts.clone(), "into", span))
            }
            (None, Some(_)) => Self::Drop,
            (None, None) => {
                if inner.is_empty() {
                    ctxt.error(
                        span,
                        "`retired(…)` is empty: write `retired` (read, never written), `retired(into(A, B))` (read as these) or `retired(drop)` (read as nothing)",
                    );
                }
                Self::Retired
            }
        }
    }
}

impl Upcast {
    fn parse(ctxt: &Ctxt, item: &attr::Item) -> Option<Self> {
        let Value::Inner(inner) = &item.value else {
            return None;
        };
        let span = item.key.span();
        if inner.is_empty() {
            ctxt.error(span, "`upcast` says which version it reads, and how: write `upcast(from = 1, type = Old)` or `upcast(from = 1, with = f)`");
            return None;
        }
        let keys = attr::parse_inner(ctxt, inner.clone(), &UPCAST_KEYS);
        let from = keys.version("from");
        if !keys.given("from") {
            ctxt.error(span, "`upcast` needs the version that it reads: write `upcast(from = 1, type = Old)` or `upcast(from = 1, with = f)`");
        }
        let by = match (keys.get("type"), keys.get("with")) {
            (Some(_), Some(with)) => {
                ctxt.error(with.key.span(), "`type` and `with` exclude each other (a version is read as a type, or changed as a value): keep one of them");
                None
            }
            (Some(_), None) => keys
                .ty("type")
                .cloned()
                .map(|ty| UpcastBy::Type(Box::new(ty))),
            (None, Some(_)) => keys.expression("with").cloned().map(UpcastBy::Value),
            (None, None) if keys.given("type") || keys.given("with") => None,
            (None, None) => {
                ctxt.error(span, "`upcast` needs how the version is read: write `upcast(from = 1, type = Old)`, with a `From<Old>`, or `upcast(from = 1, with = f)`, on the JSON value");
                None
            }
        };
        let (from, from_span) = from?;
        Some(Self {
            from,
            from_span,
            by: by?,
        })
    }
}
