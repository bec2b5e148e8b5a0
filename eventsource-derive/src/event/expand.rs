//! The implementations that an event gets.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{DeriveInput, Type, parse_quote};

use super::decode::{decoder, names};
use super::encode::encoder;
use super::family::FieldTypes;
use super::model::{Event, Form, Kind, Retirement};
use super::older::older;
use crate::attr;
use crate::ctxt::Ctxt;
use crate::keys::EVENT_STRUCT;
use crate::naming::unraw;
use crate::serde_attr;
use crate::standing::{Standing, owned};
use crate::tokens::{alias, first_span, placed, respanned};
use crate::wrap::wrap;

pub fn expand(event: &Event) -> TokenStream {
    let ident = &event.ident;
    let kinds = event.kinds.iter().enumerate();
    let types = kinds.map(|(at, kind)| event_type(event, at, kind));
    let parts = parts(event);
    let field_types = FieldTypes::of(event);
    let (encode_items, encode) = encoder(event, &field_types);
    let fields = field_types.items();
    let mut decode_items = TokenStream::new();
    let mut arms = TokenStream::new();
    let mut shapes = TokenStream::new();
    for (at, kind) in event.kinds.iter().enumerate() {
        let decoder = decoder(event, &field_types, at, kind);
        decode_items.extend(decoder.items);
        shapes.extend(decoder.shapes);
        let names = names(kind);
        let body = decoder.body;
        arms.extend(quote!(#names => #body,));
    }
    let index = index(event);
    // What is dropped has no shape.
    let shape = (!shapes.is_empty()).then(|| {
        quote! {
            fn shape(
                __at: ::core::primitive::usize,
                __version: ::core::primitive::u16,
            ) -> ::core::option::Option<__es::Shape> {
                ::core::option::Option::Some(match (__at, __version) {
                    #shapes
                    _ => return ::core::option::Option::None,
                })
            }
        }
    });
    // A part that is no event is reported where it is listed, and nowhere else.
    let read_parts = is_split(event).then(|| {
        quote! {
            fn read_parts(
                __stored: &__es::Stored<'_>,
                __recorder: &mut __es::Recorder,
            ) -> ::core::result::Result<(), __es::DecodeError> {
                use __es::{ReadNothing as _, ReadParts as _};
                (&__es::Parts::<Self>::NEW).read(__stored, __recorder)
            }
        }
    });
    let replay = replay(event);
    let record = record(event);
    let written = written(event);
    let keyed = (!event.family).then(|| {
        quote! {
            #[automatically_derived]
            impl __es::StructEvent for #ident {
                type Itself = Self;
            }
        }
    });
    let items = quote! {
        #parts
        #fields
        #encode_items
        #decode_items

        #[automatically_derived]
        impl __es::Encode for #ident {
            #[inline]
            fn event_type(&self) -> &'static __es::EventType {
                &<Self as __es::Event>::TYPES[#index]
            }

            #[inline]
            fn encode(
                &self,
                payload: &mut ::std::vec::Vec<::core::primitive::u8>,
            ) -> ::core::result::Result<(), __es::EncodeError> {
                #encode
            }
            #record
        }

        #[automatically_derived]
        impl __es::Event for #ident {
            const TYPES: &'static [__es::EventType] = &[#(#types),*];

            #[inline]
            fn decode(
                __stored: &__es::Stored<'_>,
            ) -> ::core::result::Result<__es::Decoded<Self>, __es::DecodeError> {
                ::core::result::Result::Ok(match __stored.name {
                    #arms
                    _ => __es::Decoded::Foreign,
                })
            }

            #shape
            #read_parts
        }

        #replay
        #written
        #keyed

        __es::inventory::submit! { __es::Registration::Events(<#ident as __es::Event>::TYPES) }
    };
    wrap(&event.runtime, &items)
}

/// Which of the stored types a value is of.
fn index(event: &Event) -> TokenStream {
    if !event.family {
        return quote!(0);
    }
    let arms = event.kinds.iter().enumerate().map(|(at, kind)| {
        let variant = &kind.ident;
        quote!(Self::#variant { .. } => #at)
    });
    quote!(match self { #(#arms),* })
}

fn is_split(event: &Event) -> bool {
    event
        .kinds
        .iter()
        .any(|kind| matches!(kind.retirement, Retirement::Into(_)))
}

/// A retired struct is not written, and yet compared with what it was read as before, where it is serde.
fn record(event: &Event) -> TokenStream {
    let retired = event
        .kinds
        .iter()
        .any(|kind| matches!(kind.retirement, Retirement::Retired) && kind.form != Form::Unit);
    if event.family || !retired {
        return TokenStream::new();
    }
    quote! {
        fn record(&self) -> ::core::option::Option<__es::Json> {
            use __es::{RecordAnything as _, RecordSerde as _};
            (&__es::Written(self)).record()
        }
    }
}

/// The names of the parts of a split event in generated code.
fn part_aliases(at: usize, kind: &Kind) -> Vec<syn::Ident> {
    let Retirement::Into(parts) = &kind.retirement else {
        return Vec::new();
    };
    let name = format!("Part{at}_");
    let parts = parts.iter().enumerate();
    parts.map(|(part, ty)| alias(&name, part, ty)).collect()
}

/// The parts of split events, each named once, so that one which is not there is one error.
fn parts(event: &Event) -> TokenStream {
    let mut named = TokenStream::new();
    for (at, kind) in event.kinds.iter().enumerate() {
        if let Retirement::Into(parts) = &kind.retirement {
            let aliases = part_aliases(at, kind);
            named.extend(quote!(#(type #aliases = #parts;)*));
        }
    }
    named
}

fn event_type(event: &Event, at: usize, kind: &Kind) -> TokenStream {
    let (name, version) = (&kind.name, kind.version);
    let rust_name = if event.family {
        format!("{}::{}", unraw(&event.ident), unraw(&kind.ident))
    } else {
        unraw(&event.ident)
    };
    let aliases = (!kind.aliases.is_empty()).then(|| {
        let aliases = kind.aliases.iter().map(|(name, _)| name);
        quote!(.aliases(&[#(#aliases),*]))
    });
    let status = match &kind.retirement {
        Retirement::Current => None,
        Retirement::Retired => Some(quote!(__es::EventStatus::Retired)),
        Retirement::Drop => Some(quote!(__es::EventStatus::Dropped)),
        Retirement::Into(_) => {
            let parts = part_aliases(at, kind);
            Some(quote!(__es::EventStatus::Split { parts: &[#(<#parts as __es::Event>::TYPES),*] }))
        }
    };
    let status = status.map(|status| quote!(.status(#status)));
    let docs = &kind.docs;
    let docs = (!docs.is_empty()).then(|| quote!(.docs(#docs)));
    // In the order in which the type asks for them, under whatever names.
    let fields = kind
        .fields
        .iter()
        .filter(|field| !serde_attr::is_skipped(&field.serde));
    let fields: Vec<&String> = fields.map(|field| &field.docs).collect();
    let fields = fields
        .iter()
        .any(|docs| !docs.is_empty())
        .then(|| quote!(.field_docs(&[#(#fields),*])));
    let older = older(kind);
    let older = (!older.is_empty()).then(|| quote!(.older(#older)));
    let schema = if is_split(event) {
        quote!(.schema_of_split::<Self>(#at))
    } else {
        quote!(.schema::<Self>(#at))
    };
    quote_spanned! {placed(kind.ident.span())=>
        __es::EventType::new(#name, #version, #rust_name, ::core::file!(), ::core::line!()) #aliases #status #older #docs #fields #schema
    }
}

/// An event is given to a reader as itself, as its parts, or not at all.
fn replay(event: &Event) -> TokenStream {
    let ident = &event.ident;
    let mut bounds = Vec::new();
    let mut arms = TokenStream::new();
    let mut folded = false;
    for (at, kind) in event.kinds.iter().enumerate() {
        let variant = &kind.ident;
        let pattern = if event.family {
            quote!(Self::#variant { .. })
        } else {
            quote!(_)
        };
        match &kind.retirement {
            Retirement::Current | Retirement::Retired => folded = true,
            Retirement::Drop => arms.extend(quote!(#pattern => {})),
            Retirement::Into(types) => {
                let parts = part_aliases(at, kind);
                bounds.extend(
                    parts
                        .iter()
                        .map(|part| quote!(__Reader: __es::Accepts<#part>)),
                );
                let give = give_parts(ident, types, &parts);
                arms.extend(quote!(#pattern => { #give }));
            }
        }
    }
    if folded {
        bounds.push(quote!(__Reader: __es::Fold<#ident>));
        arms.extend(quote!(_ => __es::Fold::fold(reader, self)));
    }
    let never_folded = (!folded).then(|| {
        quote! {
            #[automatically_derived]
            impl __es::NeverFolded for #ident {}
        }
    });
    let body = if folded && event.kinds.iter().all(is_folded) {
        quote!(__es::Fold::fold(reader, self))
    } else {
        quote!(match self { #arms })
    };
    let reader = if bounds.is_empty() {
        quote!(_)
    } else {
        quote!(reader)
    };
    quote! {
        #[automatically_derived]
        impl<__Reader> __es::ReplayInto<__Reader> for #ident where #(#bounds),* {
            #[inline]
            fn replay_into(self, #reader: &mut __Reader) {
                #body
            }
        }

        #never_folded
    }
}

fn is_folded(kind: &Kind) -> bool {
    matches!(kind.retirement, Retirement::Current | Retirement::Retired)
}

fn give_parts(ident: &syn::Ident, types: &[Type], parts: &[syn::Ident]) -> TokenStream {
    let names: Vec<_> = (0..parts.len())
        .map(|at| format_ident!("__part{at}"))
        .collect();
    let span = types.first().map_or_else(|| ident.span(), first_span);
    let (whole, pattern) = match (parts, names.as_slice()) {
        ([part], [name]) => (quote!(#part), quote!(#name)),
        _ => (
            respanned(quote!((#(#parts,)*)), span),
            quote!((#(#names,)*)),
        ),
    };
    quote! {
        let #pattern = <#whole as __es::PartsOf<#ident>>::parts_of(self);
        #(__es::Accepts::<#parts>::accept(reader, #names);)*
    }
}

/// Whether an aggregate that lists the event can write it.
fn written(event: &Event) -> TokenStream {
    let ident = &event.ident;
    let retired = !event.family
        && event
            .kinds
            .iter()
            .any(|kind| !matches!(kind.retirement, Retirement::Current));
    if retired {
        quote! {
            #[automatically_derived]
            impl __es::NoLongerWritten for #ident {}

            #[automatically_derived]
            impl<__Aggregate: __es::Aggregate> __es::EventOf<__Aggregate> for #ident
            where
                __es::Retired<__Aggregate>: __es::NeverWritten<#ident>,
            {
                fn into_event(self) -> <__Aggregate as __es::Aggregate>::Event {
                    <__es::Retired<__Aggregate> as __es::NeverWritten<#ident>>::never(self)
                }
            }
        }
    } else {
        quote! {
            #[automatically_derived]
            impl<__Aggregate: __es::Lists<#ident>> __es::EventOf<__Aggregate> for #ident {
                #[inline]
                fn into_event(self) -> <__Aggregate as __es::Aggregate>::Event {
                    <__Aggregate as __es::Lists<#ident>>::wrap(self)
                }
            }
        }
    }
}

/// What stands in for an event with mistakes, so that they are the only errors.
pub fn stand_in(input: &DeriveInput) -> TokenStream {
    let standing = Standing::of(&input.ident, &input.generics, &owned());
    let (parameters, ty, bounds) = (&standing.parameters, &standing.ty, &standing.bounds);
    let unbound = &standing.unbound;
    let (of_reader, _) = standing.with(parse_quote!(__Reader), None);
    let (of_aggregate, listed) = standing.with(
        parse_quote!(__Aggregate),
        Some(parse_quote!(__Aggregate: __es::Lists<#ty>)),
    );
    let silent = Ctxt::new();
    let runtime = attr::parse(&silent, &input.attrs, &EVENT_STRUCT).runtime();
    let _ = silent.finish();
    wrap(
        &runtime,
        &quote! {
            impl #parameters __es::Encode for #ty #bounds {
                fn event_type(&self) -> &'static __es::EventType {
                    &<Self as __es::Event>::TYPES[0]
                }

                fn encode(
                    &self,
                    _: &mut ::std::vec::Vec<::core::primitive::u8>,
                ) -> ::core::result::Result<(), __es::EncodeError> {
                    ::core::result::Result::Ok(())
                }
            }

            impl #parameters __es::Event for #ty #bounds {
                const TYPES: &'static [__es::EventType] = &[__es::EventType::new("", 1, "", "", 0)];

                fn decode(
                    _: &__es::Stored<'_>,
                ) -> ::core::result::Result<__es::Decoded<Self>, __es::DecodeError> {
                    ::core::result::Result::Ok(__es::Decoded::Foreign)
                }
            }

            impl #of_reader __es::ReplayInto<__Reader> for #ty #bounds {
                fn replay_into(self, _: &mut __Reader) {}
            }

            impl #parameters __es::NeverFolded for #ty #unbound {}

            impl #parameters __es::StructEvent for #ty #unbound {
                type Itself = Self;
            }

            impl #of_aggregate __es::EventOf<__Aggregate> for #ty #listed {
                fn into_event(self) -> <__Aggregate as __es::Aggregate>::Event {
                    <__Aggregate as __es::Lists<#ty>>::wrap(self)
                }
            }
        },
    )
}
