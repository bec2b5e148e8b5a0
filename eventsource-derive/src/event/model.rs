//! What an event declares, as plain data.

use proc_macro2::{Ident, Span, TokenStream};
use syn::spanned::Spanned as _;
use syn::{Attribute, Data, DeriveInput, Fields, Meta, Path, Type};

use crate::attr::{self, Items, Value};
use crate::ctxt::Ctxt;
use crate::keys::{
    EVENT_ENUM, EVENT_FIELD, EVENT_STRUCT, EVENT_VARIANT, RETIRED_KEYS, UPCAST_KEYS, WAS_KEYS,
};
use crate::naming::{self, snake_case, unraw};

/// A struct event, or a family.
pub struct Event {
    pub ident: Ident,
    pub runtime: Path,
    pub family: bool,
    /// The container's own serde attributes.
    pub serde: Vec<Meta>,
    /// The stored types: one, or one a variant.
    pub kinds: Vec<Kind>,
}

/// One stored type.
pub struct Kind {
    /// The struct, or the variant.
    pub ident: Ident,
    pub name: String,
    /// Where the name is given; the ident where it is made from it.
    pub name_span: Span,
    pub aliases: Vec<(String, Span)>,
    pub version: u16,
    pub version_span: Span,
    pub upcasts: Vec<Upcast>,
    pub retirement: Retirement,
    pub serde: Vec<Meta>,
    pub form: Form,
    pub fields: Vec<Field>,
    /// Whether a key could not be read that may say how versions differ.
    pub broken: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Named,
    Tuple,
    Unit,
}

/// `upcast(…)`.
pub struct Upcast {
    pub from: u16,
    pub from_span: Span,
    pub by: UpcastBy,
}

pub enum UpcastBy {
    Type(Box<Type>),
    Value(TokenStream),
}

/// `retired…`.
pub enum Retirement {
    Current,
    Retired,
    Into(Vec<Type>),
    Drop,
}

pub struct Field {
    /// `None` in a tuple.
    pub ident: Option<Ident>,
    pub ty: Type,
    pub serde: Vec<Meta>,
    pub since: Option<Since>,
    pub was: Vec<Was>,
    /// Whether a key of it could not be read.
    pub broken: bool,
}

impl Field {
    /// Its name for people: that of the field, or its place.
    pub fn label(&self, at: usize) -> String {
        self.ident.as_ref().map_or_else(|| at.to_string(), unraw)
    }
}

/// `since = N, default`.
pub struct Since {
    pub version: u16,
    pub span: Span,
    /// `None`: `Default::default()`.
    pub default: Option<TokenStream>,
}

/// `was(…)`.
pub struct Was {
    pub until: u16,
    pub until_span: Span,
    pub span: Span,
    pub name: Option<String>,
    pub ty: Option<Type>,
    pub by: Conversion,
}

/// How a field's older type becomes its type now.
pub enum Conversion {
    /// As it is, or by `From`.
    From,
    With(TokenStream),
    TryWith(TokenStream),
}

impl Event {
    pub fn parse(ctxt: &Ctxt, input: &DeriveInput) -> Option<Self> {
        refuse_generics(ctxt, input);
        let ident = input.ident.clone();
        let serde = attr::serde(&input.attrs);
        match &input.data {
            Data::Struct(data) => {
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
                let (name, name_span) = items
                    .text("name")
                    .map_or((proposed, ident.span()), |text| (text.value(), text.span()));
                let kind = Kind::parse(
                    ctxt,
                    &items,
                    ident.clone(),
                    name,
                    name_span,
                    &data.fields,
                    &input.attrs,
                );
                Some(Self {
                    ident,
                    runtime: items.runtime(),
                    family: false,
                    serde,
                    kinds: vec![kind],
                })
            }
            Data::Enum(data) => {
                let items = attr::parse(ctxt, &input.attrs, &EVENT_ENUM);
                let prefix = items.text("prefix");
                if let Some(prefix) = prefix {
                    naming::check(ctxt, "the prefix", &prefix.value(), prefix.span());
                }
                let mut unnamed = false;
                let mut kinds = Vec::new();
                for variant in &data.variants {
                    let of_variant = attr::parse(ctxt, &variant.attrs, &EVENT_VARIANT);
                    let (name, name_span) = if let Some(text) = of_variant.text("name") {
                        (text.value(), text.span())
                    } else {
                        unnamed |= prefix.is_none() && !of_variant.given("name");
                        let prefix =
                            prefix.map_or_else(|| snake_case(&unraw(&ident)), syn::LitStr::value);
                        (
                            format!("{prefix}.{}", snake_case(&unraw(&variant.ident))),
                            variant.ident.span(),
                        )
                    };
                    kinds.push(Kind::parse(
                        ctxt,
                        &of_variant,
                        variant.ident.clone(),
                        name,
                        name_span,
                        &variant.fields,
                        &variant.attrs,
                    ));
                }
                if unnamed && !items.given("prefix") {
                    let proposed = snake_case(unraw(&ident).trim_end_matches("Event"));
                    ctxt.error(
                        ident.span(),
                        format!(
                            "each variant is stored under a name of its own: write `#[event(prefix = \"{proposed}\")]` on the enum, or `#[event(name = \"…\")]` on each variant"
                        ),
                    );
                }
                if data.variants.is_empty() {
                    ctxt.error(
                        ident.span(),
                        "a family needs at least one variant: each is an event of its own",
                    );
                }
                Some(Self {
                    ident,
                    runtime: items.runtime(),
                    family: true,
                    serde,
                    kinds,
                })
            }
            Data::Union(data) => {
                ctxt.error(
                    data.union_token.span,
                    "a union cannot be an event: derive `Event` on a struct, or on an enum for a family of events",
                );
                None
            }
        }
    }
}

fn refuse_generics(ctxt: &Ctxt, input: &DeriveInput) {
    for parameter in &input.generics.params {
        let what = match parameter {
            syn::GenericParam::Lifetime(_) => {
                "borrowed fields: an event owns what it holds, write `String` for `&str`"
            }
            syn::GenericParam::Type(_) | syn::GenericParam::Const(_) => {
                "type parameters: each stored event is one type, write a struct for each"
            }
        };
        ctxt.error(parameter.span(), format!("an event has no {what}"));
    }
}

impl Kind {
    fn parse(
        ctxt: &Ctxt,
        items: &Items,
        ident: Ident,
        name: String,
        name_span: Span,
        fields: &Fields,
        attrs: &[Attribute],
    ) -> Self {
        naming::check(ctxt, "the name", &name, name_span);
        let mut aliases = Vec::new();
        if let Some(Value::Texts(texts)) = items.get("aliases").map(|item| &item.value) {
            for text in texts {
                naming::check(ctxt, "the alias", &text.value(), text.span());
                aliases.push((text.value(), text.span()));
            }
        }
        let (version, version_span) = items.version("version").unwrap_or((1, ident.span()));
        let form = Form::of(fields);
        let upcasts: Vec<_> = items
            .all("upcast")
            .map(|item| Upcast::parse(ctxt, item))
            .collect();
        let fields: Vec<_> = fields
            .iter()
            .map(|field| Field::parse(ctxt, field))
            .collect();
        let broken = items.is_broken(&["upcast"])
            || upcasts.iter().any(Option::is_none)
            || fields.iter().any(|field| field.broken);
        Self {
            name,
            name_span,
            aliases,
            version,
            version_span,
            upcasts: upcasts.into_iter().flatten().collect(),
            retirement: Retirement::parse(ctxt, items),
            serde: attr::serde(attrs),
            form,
            fields,
            broken,
            ident,
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
                let parts = attr::types(ctxt, parts.clone(), "into");
                if parts.is_empty() {
                    ctxt.error(span, "`into(…)` lists the events that it is read as: write `retired(into(A, B))`, or `retired(drop)` for none");
                }
                Self::Into(parts)
            }
            (None, Some(_)) => Self::Drop,
            (None, None) => {
                if inner.is_empty() {
                    ctxt.error(
                        span,
                        "write `retired`, `retired(into(A, B))` or `retired(drop)`",
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
                ctxt.error(span, "`upcast` needs how the version is read: `type = Old` (and a `From<Old>`), or `with = f` on the JSON value");
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

impl Field {
    fn parse(ctxt: &Ctxt, field: &syn::Field) -> Self {
        let items = attr::parse(ctxt, &field.attrs, &EVENT_FIELD);
        if let Some(personal) = items.flag("personal") {
            ctxt.error(personal, "`personal` is reserved for erasable personal data and does nothing yet: leave it out");
        }
        Self::of(ctxt, field, &items)
    }

    /// A field of an event or of a command, whose keys are these.
    pub fn of(ctxt: &Ctxt, field: &syn::Field, items: &Items) -> Self {
        let was: Vec<_> = items
            .all("was")
            .map(|item| Was::parse(ctxt, item))
            .collect();
        Self {
            ident: field.ident.clone(),
            ty: field.ty.clone(),
            serde: attr::serde(&field.attrs),
            since: since(ctxt, items),
            broken: items.is_broken(&["since", "was"]) || was.iter().any(Option::is_none),
            was: was.into_iter().flatten().collect(),
        }
    }
}

impl Form {
    pub fn of(fields: &Fields) -> Self {
        match fields {
            Fields::Named(_) => Self::Named,
            Fields::Unnamed(fields) if !fields.unnamed.is_empty() => Self::Tuple,
            Fields::Unnamed(_) | Fields::Unit => Self::Unit,
        }
    }
}

/// `since = N, default`.
fn since(ctxt: &Ctxt, items: &Items) -> Option<Since> {
    if let Some(default) = items.get("default")
        && !items.given("since")
    {
        ctxt.error(
            default.key.span(),
            "`default` says what older payloads have in the field's place: write `since = N, default`, with the version that the field came with",
        );
    }
    let since = items.version("since");
    if let (Some(item), Some((version, _))) = (items.get("since"), since)
        && !items.given("default")
    {
        ctxt.error(
            item.key.span(),
            format!("older payloads lack this field and need a default: write `since = {version}, default` or `since = {version}, default = …`"),
        );
    }
    let (version, span) = since?;
    Some(Since {
        version,
        span,
        default: items.expression("default").cloned(),
    })
}

impl Was {
    fn parse(ctxt: &Ctxt, item: &attr::Item) -> Option<Self> {
        let Value::Inner(inner) = &item.value else {
            return None;
        };
        let span = item.key.span();
        let keys = attr::parse_inner(ctxt, inner.clone(), &WAS_KEYS);
        if !keys.given("until") {
            ctxt.error(span, "`was` needs the last version that the field was so: write `was(name = \"…\", until = 1)`");
        }
        if !keys.given("name") && !keys.given("type") {
            let message = if keys.get("with").is_some() || keys.get("try_with").is_some() {
                "`was` needs the type that the function takes: write `was(type = Old, with = f, until = 1)`"
            } else {
                "`was` says what the field was: its `name = \"…\"`, its `type = …`, or both"
            };
            ctxt.error(span, message);
        }
        let name = keys.text("name").map(|text| {
            if text.value().is_empty() {
                ctxt.error(text.span(), "a field's older name is not empty");
            }
            text.value()
        });
        let by = match (keys.get("with"), keys.get("try_with")) {
            (Some(_), Some(try_with)) => {
                ctxt.error(
                    try_with.key.span(),
                    "`with` and `try_with` exclude each other: keep the one that fits the function",
                );
                Conversion::From
            }
            (Some(_), None) => keys
                .expression("with")
                .cloned()
                .map_or(Conversion::From, Conversion::With),
            (None, Some(_)) => keys
                .expression("try_with")
                .cloned()
                .map_or(Conversion::From, Conversion::TryWith),
            (None, None) => Conversion::From,
        };
        if let (Some(with), None, Some(_)) = (
            keys.get("with").or_else(|| keys.get("try_with")),
            keys.given("type").then_some(()),
            keys.get("name"),
        ) {
            ctxt.error(
                with.key.span(),
                "a function changes a field's type: name the type that it takes with `type = Old`, or leave the function out",
            );
        }
        let (until, until_span) = keys.version("until")?;
        Some(Self {
            until,
            until_span,
            span,
            name,
            ty: keys.ty("type").cloned(),
            by,
        })
    }
}
