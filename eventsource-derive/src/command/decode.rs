//! From a stored command's bytes to the command: as of an event, for a struct; through an enum of each older shape, for a family.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Member;

use super::model::Command;
use crate::event::{Event, FieldShape, FieldTypes, Form, Plan, Shape, Writer, decoder_or};
use crate::serde_attr;

/// The items that reading a stored command needs, and its `decode` and `shape`. Nothing for a command that is not stored.
pub fn decode(command: &Command) -> (TokenStream, TokenStream) {
    let Some(name) = &command.name else {
        return (TokenStream::new(), TokenStream::new());
    };
    let unknown = quote!(return __es::beyond_command::<Self>(__stored));
    let event = Event {
        ident: command.ident.clone(),
        runtime: command.runtime.clone(),
        family: command.family,
        serde: command.serde.clone(),
        kinds: Vec::new(),
    };
    let (items, body, shape) = match command.kinds.as_slice() {
        // Whether it is serde is asked where it is sent: without an outbox, a name alone does no harm.
        _ if command.version == 1 => {
            let body = quote! {
                match __stored.version {
                    1 => {
                        use __es::{NoReading as _, SerdeReading as _};
                        (&__es::Reading::<Self>::NEW).read(__stored)?
                    }
                    _ => #unknown,
                }
            };
            let shape = quote! {
                match __version {
                    1 => {
                        use __es::{NoReading as _, SerdeReading as _};
                        (&__es::Reading::<Self>::NEW).shape()
                    }
                    _ => ::core::option::Option::None,
                }
            };
            (TokenStream::new(), body, shape)
        }
        [only] if !command.family => {
            let decoder = decoder_or(&unknown, &event, &FieldTypes::default(), 0, &only.payload);
            (decoder.items, decoder.body, shape_of(&decoder.shapes))
        }
        _ => family(command, &event, &unknown),
    };
    let method = quote! {
        fn decode(
            __stored: &__es::Stored<'_>,
        ) -> ::core::result::Result<__es::Decoded<Self>, __es::DecodeError> {
            ::core::result::Result::Ok(match __stored.name {
                #name => #body,
                _ => __es::Decoded::Foreign,
            })
        }

        fn shape(__version: ::core::primitive::u16) -> ::core::option::Option<__es::Shape> {
            #shape
        }
    };
    (items, method)
}

/// The shape of a version, out of arms as those of an event's first stored type.
fn shape_of(arms: &TokenStream) -> TokenStream {
    quote! {
        ::core::option::Option::Some(match (0_usize, __version) {
            #arms
            _ => return ::core::option::Option::None,
        })
    }
}

/// The variants' shapes in one version.
type Shapes = Vec<Option<Shape>>;

fn family(
    command: &Command,
    event: &Event,
    unknown: &TokenStream,
) -> (TokenStream, TokenStream, TokenStream) {
    let types = FieldTypes::default();
    let writers: Vec<_> = command
        .kinds
        .iter()
        .enumerate()
        .map(|(at, kind)| Writer::new(event, &types, at, &kind.payload))
        .collect();
    let mut items = TokenStream::new();
    let (mut arms, mut shape_arms) = (TokenStream::new(), TokenStream::new());
    let mut from = 1;
    for version in 1..=command.version {
        let shapes = shapes(&writers, version);
        if version < command.version && shapes == self::shapes(&writers, version + 1) {
            continue;
        }
        let (read, shape) = if shapes.iter().all(Option::is_none) {
            let ident = &command.ident;
            (
                quote!(<#ident as __es::Payload>::read(__stored)?),
                quote!(<#ident as __es::Payload>::shape()),
            )
        } else {
            let shadow = format_ident!("__Version{version}");
            items.extend(declared(command, &writers, &shapes, &shadow));
            (
                rebuilt(command, &writers, &shapes, &shadow),
                quote!(<#shadow as __es::Readable>::shape()),
            )
        };
        arms.extend(quote!(#from..=#version => #read,));
        shape_arms.extend(quote!((0, #from..=#version) => #shape,));
        from = version + 1;
    }
    let body = quote! {
        __es::Decoded::Event(match __stored.version {
            #arms
            _ => #unknown,
        })
    };
    (items, body, shape_of(&shape_arms))
}

/// `None` for a variant that was what it is.
fn shapes(writers: &[Writer<'_>], version: u16) -> Shapes {
    writers
        .iter()
        .map(|writer| match writer.plans.of_version(version) {
            Plan::Shape(at) => writer.plans.shapes.get(at).cloned(),
            _ => None,
        })
        .collect()
}

fn same(command: &Command, at: usize) -> Shape {
    let fields = command.kinds.get(at).map(|kind| kind.payload.fields.len());
    Shape(vec![FieldShape::Same; fields.unwrap_or_default()])
}

/// The enum as it was.
fn declared(
    command: &Command,
    writers: &[Writer<'_>],
    shapes: &Shapes,
    shadow: &Ident,
) -> TokenStream {
    let attributes = serde_attr::family(&command.serde);
    let variants = command.kinds.iter().enumerate().map(|(at, kind)| {
        let ident = &kind.ident;
        let attributes = serde_attr::all(&kind.payload.serde);
        let shape = shapes[at].clone().unwrap_or_else(|| same(command, at));
        let fields = match kind.payload.form {
            Form::Unit => None,
            _ => writers[at].fields(&shape),
        };
        quote!(#attributes #ident #fields)
    });
    quote! {
        #[derive(__serde::Deserialize)]
        #[serde(crate = "__serde")]
        #attributes
        enum #shadow { #(#variants),* }
    }
}

/// The command of today from that enum.
fn rebuilt(
    command: &Command,
    writers: &[Writer<'_>],
    shapes: &Shapes,
    shadow: &Ident,
) -> TokenStream {
    let arms = command.kinds.iter().enumerate().map(|(at, kind)| {
        let variant = &kind.ident;
        let shape = shapes[at].clone().unwrap_or_else(|| same(command, at));
        let bound = |member: &Member| match member {
            Member::Named(name) => format_ident!("__old_{name}"),
            Member::Unnamed(index) => format_ident!("__old_{}", index.index),
        };
        let mut patterns = Vec::new();
        let mut index = 0_usize;
        for (field, was) in kind.payload.fields.iter().zip(&shape.0) {
            if *was == FieldShape::Absent {
                continue;
            }
            let member = field
                .ident
                .clone()
                .map_or_else(|| Member::from(index), Member::Named);
            index += 1;
            let bound = bound(&member);
            patterns.push(quote!(#member: #bound));
        }
        let values = writers[at].values(&shape, |member| {
            let bound = bound(&member);
            quote!(#bound)
        });
        quote!(#shadow::#variant { #(#patterns),* } => Self::#variant { #values },)
    });
    quote! {
        match <#shadow as __es::Readable>::read(__stored)? { #(#arms)* }
    }
}
