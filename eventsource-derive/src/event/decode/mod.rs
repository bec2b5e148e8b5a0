//! From stored bytes to the event: a match on the version.

mod shadow;
mod traced;
mod upcast;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::Type;

use super::family::FieldTypes;
use super::model::{Event, Field, Form, Kind, Retirement, UpcastBy};
use super::shape::{FieldShape, Plan, Plans, Shape};
use crate::tokens::without_self;

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

    /// Reads a type of which so much is taken for granted.
    fn read_as(self, ty: &TokenStream, bounds: &TokenStream) -> TokenStream {
        if bounds.is_empty() {
            self.read(ty, READABLE)
        } else {
            self.read_fields(ty)
        }
    }

    /// Reads fields whose types are asked elsewhere whether they are serde.
    fn read_fields(self, ty: &TokenStream) -> TokenStream {
        let read = match self {
            Self::Bytes => quote!(read(__stored)),
            Self::Value => quote!(read_value(__stored, __value)),
        };
        quote! {{
            use __es::decoding::{OtherFields as _, SerdeFields as _};
            (&__es::decoding::Fields::<#ty>::NEW).#read?
        }}
    }

    fn unit(self) -> TokenStream {
        match self {
            Self::Bytes => quote!(__es::decoding::unit(__stored)?),
            Self::Value => quote!(__es::decoding::unit_from_value(__stored, __value)?),
        }
    }
}

pub fn decoder(event: &Event, types: &FieldTypes, at: usize, kind: &Kind) -> Decoder {
    let unknown = quote!(return __es::decoding::beyond::<Self>(__stored, #at));
    decoder_or(&unknown, event, types, at, kind)
}

/// The same; `unknown` answers a version that was never declared.
pub fn decoder_or(
    unknown: &TokenStream,
    event: &Event,
    types: &FieldTypes,
    at: usize,
    kind: &Kind,
) -> Decoder {
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
    let writer = Writer::new(event, types, at, kind);
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
    let mut items = writer.items();
    let mut shapes = TokenStream::new();
    for (from, to, plan) in &stretches {
        let versions = range(*from, *to);
        let (shape, examples) = writer.traced(*plan);
        shapes.extend(quote!((#at, #versions) => #shape,));
        items.extend(examples);
    }
    Decoder {
        items,
        body,
        shapes,
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
    types: &'a FieldTypes,
    at: usize,
    kind: &'a Kind,
    pub plans: Plans,
}

impl<'a> Writer<'a> {
    pub fn new(event: &'a Event, types: &'a FieldTypes, at: usize, kind: &'a Kind) -> Self {
        Self {
            event,
            types,
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

    /// The one field of a tuple that is read as itself, without a shadow.
    fn only_field(&self) -> Option<&Field> {
        match (self.kind.form, self.kind.fields.as_slice()) {
            (Form::Tuple, [only]) if only.serde.is_empty() => Some(only),
            _ => None,
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

    /// The fields as they are now.
    fn same(&self) -> Shape {
        Shape(self.kind.fields.iter().map(|_| FieldShape::Same).collect())
    }

    /// What a shape takes for granted of its fields' types.
    fn bounds_of(&self, shape: &Shape) -> TokenStream {
        self.types.bounds_of(self.kind, shape)
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
        if let Some(only) = self.only_field() {
            let read = source.read_as(&self.ty(&only.ty), &self.bounds_of(&self.same()));
            return quote!(#constructor(#read));
        }
        self.build(&self.current_ident(), &self.same(), source)
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
            let read = source.read_as(&quote!(#shadow), &self.bounds_of(shape));
            return quote!({ let __old = #read; #constructor { #values } });
        }
        let read = source.read_as(&quote!(#shadow), &self.bounds_of(shape));
        let unused = absent.then(|| quote!(let _ = __old;));
        quote!({ let __old = #read; #unused #constructor { #values } })
    }

    fn items(&self) -> TokenStream {
        let mut items = TokenStream::new();
        let shadowed =
            self.event.family && self.kind.form != Form::Unit && self.only_field().is_none();
        let plans_current = self
            .plans
            .stretches()
            .iter()
            .any(|(_, _, plan)| *plan == Plan::Current);
        if shadowed && plans_current {
            items.extend(self.shadow(&self.current_ident(), &self.same()));
        }
        for (at, shape) in self.plans.shapes.iter().enumerate() {
            items.extend(self.shadow(&self.shape_ident(at), shape));
        }
        items.extend(self.typed_steps());
        items
    }
}

/// The patterns of a stored type's names.
pub fn names(kind: &Kind) -> TokenStream {
    let names = std::iter::once(&kind.name).chain(kind.aliases.iter().map(|(name, _)| name));
    let literals = names.map(|name| syn::LitStr::new(name, Span::call_site()));
    quote!(#(#literals)|*)
}
