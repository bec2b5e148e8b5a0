//! From stored bytes to the event: a match on the version, and a shadow struct for each older shape.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Index, Member, Type};

use super::model::{Conversion, Event, Field, Form, Kind, Retirement, UpcastBy};
use super::shape::{FieldShape, Plan, Plans, Shape};
use crate::serde_attr;
use crate::tokens::{expression, first_span, placed, respanned, without_self};

/// The code that decodes one stored type.
pub struct Decoder {
    /// Items that it needs: shadow structs, and the steps of typed upcasts.
    pub items: TokenStream,
    /// An expression of type `Decoded<Self>`, where `__stored` is in scope and `?` and `return` give a `DecodeError`.
    pub body: TokenStream,
    /// Match arms from versions to the shapes that they are read as.
    pub shapes: TokenStream,
}

/// What is only read.
const READABLE: &str = "Readable";
/// What is written, too.
const PAYLOAD: &str = "Payload";

/// Where a payload is read from.
#[derive(Clone, Copy)]
enum Source {
    Bytes,
    Value,
}

impl Source {
    /// Reads the type through one of the traits that say what it needs.
    fn read(self, ty: &TokenStream, by: &str) -> TokenStream {
        let by = Ident::new(by, Span::call_site());
        match self {
            Self::Bytes => quote!(<#ty as __es::#by>::read(__stored)?),
            Self::Value => quote!(<#ty as __es::#by>::read_value(__stored, __value)?),
        }
    }

    fn unit(self) -> TokenStream {
        match self {
            Self::Bytes => quote!(__es::decoding::unit(__stored)?),
            Self::Value => quote!(__es::decoding::unit_from_value(__stored, __value)?),
        }
    }
}

pub fn decoder(event: &Event, at: usize, kind: &Kind) -> Decoder {
    let unknown = quote!(return __es::decoding::beyond::<Self>(__stored, #at));
    decoder_or(&unknown, event, at, kind)
}

/// The same; `unknown` answers a version that was never declared.
pub fn decoder_or(unknown: &TokenStream, event: &Event, at: usize, kind: &Kind) -> Decoder {
    let version = kind.version;
    if matches!(kind.retirement, Retirement::Drop) {
        let versions = range(1, version);
        let body = quote! {
            match __stored.version {
                #versions => __es::Decoded::Dropped,
                _ => #unknown,
            }
        };
        return Decoder {
            items: TokenStream::new(),
            body,
            shapes: TokenStream::new(),
        };
    }
    let writer = Writer::new(event, at, kind);
    let mut stretches = writer.plans.stretches();
    // The current version is by far the most frequent: it is asked for first.
    stretches.reverse();
    let arms = stretches.iter().map(|(from, to, plan)| {
        let versions = range(*from, *to);
        let read = match plan {
            Plan::Value(_) => writer.value_run(*from, *to),
            plan => writer.read(*plan, Source::Bytes),
        };
        quote!(#versions => #read,)
    });
    let body = quote! {
        __es::Decoded::Event(match __stored.version {
            #(#arms)*
            _ => #unknown,
        })
    };
    let shapes = stretches.iter().map(|(from, to, plan)| {
        let versions = range(*from, *to);
        let shape = writer.traced(*plan);
        quote!((#at, #versions) => #shape,)
    });
    let shapes = quote!(#(#shapes)*);
    Decoder {
        body,
        shapes,
        items: writer.items(),
    }
}

fn range(from: u16, to: u16) -> TokenStream {
    if from == to {
        quote!(#from)
    } else {
        quote!(#from..=#to)
    }
}

/// Writes the code that reads one stored type.
pub struct Writer<'a> {
    event: &'a Event,
    at: usize,
    kind: &'a Kind,
    pub plans: Plans,
}

impl<'a> Writer<'a> {
    pub fn new(event: &'a Event, at: usize, kind: &'a Kind) -> Self {
        Self {
            event,
            at,
            kind,
            plans: Plans::of(kind),
        }
    }

    /// The path that builds the event: the struct, or the variant.
    fn constructor(&self) -> TokenStream {
        let ident = &self.event.ident;
        let variant = &self.kind.ident;
        if self.event.family {
            quote!(#ident::#variant)
        } else {
            quote!(#ident)
        }
    }

    fn shape_ident(&self, shape: usize) -> Ident {
        format_ident!("__Shape{}_{shape}", self.at)
    }

    fn current_ident(&self) -> Ident {
        format_ident!("__Current{}", self.at)
    }

    fn step_ident(&self, upcast: usize) -> Ident {
        format_ident!(
            "__from_version_{}_{}",
            self.at,
            self.kind.upcasts[upcast].from
        )
    }

    fn ty(&self, ty: &Type) -> TokenStream {
        without_self(ty, &self.event.ident)
    }

    /// An expression of the event's type, read as planned.
    fn read(&self, plan: Plan, source: Source) -> TokenStream {
        match plan {
            Plan::Current => self.current(source),
            Plan::Shape(at) => self.through_shape(at, source),
            Plan::Typed(at) | Plan::Value(at) => {
                let UpcastBy::Type(ty) = &self.kind.upcasts[at].by else {
                    return TokenStream::new();
                };
                let step = self.step_ident(at);
                let read = source.read(&self.ty(ty), READABLE);
                quote!(#step(__stored, #read)?)
            }
        }
    }

    /// An expression of the shape that is read as planned.
    fn traced(&self, plan: Plan) -> TokenStream {
        let unit = quote!(__es::Shape::unit());
        let of = |ty: &TokenStream, by: &str| {
            let by = Ident::new(by, Span::call_site());
            quote!(<#ty as __es::#by>::shape())
        };
        match plan {
            Plan::Value(_) => quote!(__es::Shape::untyped()),
            Plan::Typed(at) => match &self.kind.upcasts[at].by {
                UpcastBy::Type(ty) => of(&self.ty(ty), READABLE),
                UpcastBy::Value(_) => quote!(__es::Shape::untyped()),
            },
            Plan::Shape(at) => {
                let shape = &self.plans.shapes[at].0;
                let absent = shape.iter().all(|field| *field == FieldShape::Absent);
                if absent && self.kind.form == Form::Tuple {
                    return unit;
                }
                let shadow = self.shape_ident(at);
                of(&quote!(#shadow), READABLE)
            }
            Plan::Current if self.kind.form == Form::Unit => unit,
            Plan::Current if !self.event.family => {
                let written = matches!(self.kind.retirement, Retirement::Current);
                let constructor = self.constructor();
                of(
                    &quote!(#constructor),
                    if written { PAYLOAD } else { READABLE },
                )
            }
            Plan::Current => {
                if let (Form::Tuple, [only]) = (self.kind.form, self.kind.fields.as_slice())
                    && only.serde.is_empty()
                {
                    return of(&self.ty(&only.ty), READABLE);
                }
                let shadow = self.current_ident();
                of(&quote!(#shadow), READABLE)
            }
        }
    }

    /// Value upcasts that follow upon each other, and what they lead to.
    fn value_run(&self, from: u16, to: u16) -> TokenStream {
        let steps = (from..=to).filter_map(|version| {
            let Plan::Value(at) = self.plans.of_version(version) else {
                return None;
            };
            let UpcastBy::Value(function) = &self.kind.upcasts[at].by else {
                return None;
            };
            let span = placed(first_span(function));
            let function = expression(function);
            let call = quote_spanned! {span=>
                let __upcaster: __es::decoding::Upcaster = #function;
                let __value = __es::decoding::upcast(__stored, __upcaster(__value))?;
            };
            Some(if from == to {
                call
            } else {
                quote!(let __value = if __stored.version <= #version { #call __value } else { __value };)
            })
        });
        let land = self.read(self.plans.of_version(to + 1), Source::Value);
        quote! {{
            let __value = __es::decoding::json::<__es::Json>(__stored)?;
            #(#steps)*
            #land
        }}
    }

    fn current(&self, source: Source) -> TokenStream {
        let constructor = self.constructor();
        let kind = self.kind;
        if kind.form == Form::Unit {
            let unit = source.unit();
            return quote!({ #unit; #constructor {} });
        }
        if !self.event.family {
            let written = matches!(kind.retirement, Retirement::Current);
            return source.read(
                &quote!(#constructor),
                if written { PAYLOAD } else { READABLE },
            );
        }
        if let (Form::Tuple, [only]) = (kind.form, kind.fields.as_slice())
            && only.serde.is_empty()
        {
            let read = source.read(&self.ty(&only.ty), READABLE);
            return quote!(#constructor(#read));
        }
        let shape = Shape(kind.fields.iter().map(|_| FieldShape::Same).collect());
        self.build(&self.current_ident(), &shape, source)
    }

    fn through_shape(&self, at: usize, source: Source) -> TokenStream {
        let shape = &self.plans.shapes[at];
        self.build(&self.shape_ident(at), shape, source)
    }

    /// Reads a shadow struct and builds the event from its fields.
    fn build(&self, shadow: &Ident, shape: &Shape, source: Source) -> TokenStream {
        let constructor = self.constructor();
        let absent = shape.0.iter().all(|field| *field == FieldShape::Absent);
        let values = self.values(shape, |field| quote!(__old.#field));
        if self.kind.form == Form::Tuple {
            if absent {
                let unit = source.unit();
                return quote!({ #unit; #constructor { #values } });
            }
            let read = source.read(&quote!(#shadow), READABLE);
            return quote!({ let __old = #read; #constructor { #values } });
        }
        let read = source.read(&quote!(#shadow), READABLE);
        let unused = absent.then(|| quote!(let _ = __old;));
        quote!({ let __old = #read; #unused #constructor { #values } })
    }

    /// The fields of today, each with its value, from those of an older shape. `old` is asked for the older field at this place.
    pub fn values(&self, shape: &Shape, old: impl Fn(Member) -> TokenStream) -> TokenStream {
        let mut values = TokenStream::new();
        let mut present = 0_u32;
        for (at, (field, was)) in self.kind.fields.iter().zip(&shape.0).enumerate() {
            let member = |at: u32| {
                let index = || {
                    Member::Unnamed(Index {
                        index: at,
                        span: Span::call_site(),
                    })
                };
                field.ident.clone().map_or_else(index, Member::Named)
            };
            let before = old(member(present));
            present += u32::from(*was != FieldShape::Absent);
            let value = self.field(at, field, *was, &before);
            let name = field
                .ident
                .clone()
                .map_or_else(|| Member::from(at), Member::Named);
            values.extend(quote!(#name: #value,));
        }
        values
    }

    /// A field of today, from what it was.
    fn field(&self, at: usize, field: &Field, was: FieldShape, old: &TokenStream) -> TokenStream {
        let ty = self.ty(&field.ty);
        match was {
            FieldShape::Same => old.clone(),
            FieldShape::Absent => {
                let default = field
                    .since
                    .as_ref()
                    .and_then(|since| since.default.as_ref());
                default.map_or_else(|| quote!(<#ty as __es::Missing>::missing()), expression)
            }
            FieldShape::Was(which) => {
                let was = &field.was[which];
                let label = field.label(at);
                match (&was.by, &was.ty) {
                    (Conversion::With(function), _) => {
                        let span = placed(first_span(function));
                        let (function, old) = (expression(function), respanned(old, span));
                        quote_spanned!(span=> <_ as __es::Becomes<#ty>>::becomes((#function)(#old)))
                    }
                    (Conversion::TryWith(function), _) => {
                        let span = placed(first_span(function));
                        let (function, old) = (expression(function), respanned(old, span));
                        quote_spanned! {span=>
                            <_ as __es::TryBecomes<#ty>>::becomes((#function)(#old), __stored, #label)?
                        }
                    }
                    (Conversion::From, Some(older)) => {
                        let older = self.ty(older);
                        quote!(<#older as __es::decoding::FieldInto<#ty>>::field_into(#old))
                    }
                    (Conversion::From, None) => old.clone(),
                }
            }
        }
    }

    fn items(&self) -> TokenStream {
        let mut items = TokenStream::new();
        let shadowed = self.event.family
            && self.kind.form != Form::Unit
            && !(self.kind.form == Form::Tuple
                && self.kind.fields.len() == 1
                && self.kind.fields[0].serde.is_empty());
        let plans_current = self
            .plans
            .stretches()
            .iter()
            .any(|(_, _, plan)| *plan == Plan::Current);
        if shadowed && plans_current {
            let same = Shape(self.kind.fields.iter().map(|_| FieldShape::Same).collect());
            items.extend(self.shadow(&self.current_ident(), &same));
        }
        for (at, shape) in self.plans.shapes.iter().enumerate() {
            items.extend(self.shadow(&self.shape_ident(at), shape));
        }
        items.extend(self.typed_steps());
        items
    }

    /// A struct with the fields of an older shape.
    fn shadow(&self, name: &Ident, shape: &Shape) -> TokenStream {
        let attributes = if self.event.family {
            serde_attr::variant(&self.kind.serde, &self.event.serde)
        } else {
            serde_attr::container(&self.event.serde)
        };
        let Some(fields) = self.fields(shape) else {
            return TokenStream::new();
        };
        let end = (self.kind.form == Form::Tuple).then(|| quote!(;));
        let default = self.shadow_default(name, shape);
        // What serde's derive says of a field, and cannot place at it, is placed at the struct's or variant's name.
        let place = placed(self.kind.ident.span());
        let derive = quote_spanned!(place=> #[derive(__serde::Deserialize)]);
        quote! {
            #derive
            #[serde(crate = "__serde")]
            #attributes
            struct #name #fields #end
            #default
        }
    }

    /// The fields of an older shape, in their braces or parentheses; `None` for a tuple that had none.
    pub fn fields(&self, shape: &Shape) -> Option<TokenStream> {
        let mut fields = Vec::new();
        for (field, was) in self.kind.fields.iter().zip(&shape.0) {
            let (old_name, old_type) = match was {
                FieldShape::Absent => continue,
                FieldShape::Same => (None, None),
                FieldShape::Was(which) => {
                    let was = &field.was[*which];
                    (was.name.as_deref(), was.ty.as_ref())
                }
            };
            let attributes = serde_attr::field(&field.serde, old_name, old_type.is_some());
            let ty = self.ty(old_type.unwrap_or(&field.ty));
            let name = field.ident.as_ref().map(|ident| quote!(#ident:));
            fields.push(quote!(#attributes #name #ty));
        }
        match (self.kind.form, fields.is_empty()) {
            (Form::Tuple, true) => None,
            (Form::Tuple, false) => Some(quote!((#(#fields),*))),
            _ => Some(quote!({ #(#fields),* })),
        }
    }

    /// A container's `#[serde(default)]` fills what is missing from the event's own default: the shadow's default is made of it.
    fn shadow_default(&self, name: &Ident, shape: &Shape) -> TokenStream {
        let default = if self.event.family {
            None
        } else {
            serde_attr::default(&self.event.serde)
        };
        if default.is_none() || self.kind.form != Form::Named {
            return TokenStream::new();
        }
        let ident = &self.event.ident;
        let values = self
            .kind
            .fields
            .iter()
            .zip(&shape.0)
            .filter_map(|(field, was)| {
                let name = field.ident.as_ref()?;
                match was {
                    FieldShape::Absent => None,
                    FieldShape::Was(at) if field.was[*at].ty.is_some() => {
                        Some(quote!(#name: ::core::default::Default::default()))
                    }
                    _ => Some(quote!(#name: __new.#name)),
                }
            });
        quote! {
            impl ::core::default::Default for #name {
                fn default() -> Self {
                    let __new = <#ident as ::core::default::Default>::default();
                    Self { #(#values),* }
                }
            }
        }
    }

    /// A function for each typed upcast: from its type to the next typed version, or to the event.
    fn typed_steps(&self) -> TokenStream {
        let mut typed: Vec<(usize, &Type)> = self
            .kind
            .upcasts
            .iter()
            .enumerate()
            .filter_map(|(at, upcast)| match &upcast.by {
                UpcastBy::Type(ty) => Some((at, &**ty)),
                UpcastBy::Value(_) => None,
            })
            .collect();
        typed.sort_by_key(|(at, _)| self.kind.upcasts[*at].from);
        let event = &self.event.ident;
        let mut steps = TokenStream::new();
        for (index, (at, ty)) in typed.iter().enumerate() {
            let name = self.step_ident(*at);
            let old = self.ty(ty);
            let next = typed.get(index + 1);
            let target = next.map_or_else(|| quote!(#event), |(_, next)| self.ty(next));
            let converted = quote! {
                __es::decoding::step(__stored, <#old as __es::decoding::UpcastInto<#target>>::upcast_into(old))
            };
            let body = next.map_or_else(
                || converted.clone(),
                |(next, _)| {
                    let next = self.step_ident(*next);
                    quote!(#next(__stored, #converted?))
                },
            );
            steps.extend(quote! {
                fn #name(__stored: &__es::Stored<'_>, old: #old) -> ::core::result::Result<#event, __es::DecodeError> {
                    #body
                }
            });
        }
        steps
    }
}

/// The patterns of a stored type's names.
pub fn names(kind: &Kind) -> TokenStream {
    let names = std::iter::once(&kind.name).chain(kind.aliases.iter().map(|(name, _)| name));
    let literals = names.map(|name| syn::LitStr::new(name, Span::call_site()));
    quote!(#(#literals)|*)
}
