//! The implementations that an aggregate gets.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;

use super::model::{Aggregate, Snapshot};
use super::{commands, events};
use crate::list::last_segment;
use crate::naming::unraw;
use crate::tokens::{first_span, placed, respanned};
use crate::wrap::wrap;

pub fn expand(aggregate: &Aggregate) -> TokenStream {
    let event_enum = events::event_enum(aggregate);
    let command_enum = commands::command_enum(aggregate);
    let event_enum_impls = events::event_enum_impls(aggregate);
    let command_enum_impls = commands::command_enum_impls(aggregate);
    let readings = events::readings(aggregate);
    let (of_events, of_commands) = (events::proofs(aggregate), commands::proofs(aggregate));
    let snapshot = aggregate
        .snapshot
        .as_ref()
        .map(|snapshot| snapshot_policy(aggregate, snapshot));
    let implementation = implementation(aggregate, snapshot.as_ref());
    let (aliases, descriptor) = (events::aliases(aggregate), descriptor(aggregate));
    let wrapped = wrap(
        &aggregate.runtime,
        &quote! {
            #aliases
            #descriptor
            #implementation
            #event_enum_impls
            #command_enum_impls
            #readings
            #of_events
            #of_commands
            __es::inventory::submit! {
                __es::Registration::Aggregate(&__DESCRIPTOR)
            }
        },
    );
    quote!(#event_enum #command_enum #wrapped)
}

/// What stands in for an aggregate with mistakes, so that they are the only errors. A type with parameters gets nothing: whatever names it
/// fails by the same mistake.
pub fn stand_in(aggregate: &Aggregate, generic: bool) -> TokenStream {
    if generic {
        return TokenStream::new();
    }
    let (ident, name, rust_name) = (&aggregate.ident, &aggregate.name, unraw(&aggregate.ident));
    let id = or(aggregate.id.as_ref(), &quote!(::std::string::String));
    let error = or(
        aggregate.error.as_ref(),
        &quote!(::core::convert::Infallible),
    );
    let mut listed: Vec<&Type> = Vec::new();
    for event in &aggregate.events {
        let tokens = event.ty.to_token_stream().to_string();
        let known = |ty: &&Type| ty.to_token_stream().to_string() == tokens;
        if !listed.iter().any(known) {
            listed.push(&event.ty);
        }
    }
    let event_of = aggregate
        .event_enum
        .as_ref()
        .map(|name| stand_in_enum(aggregate, name, &listed));
    let event = event_of
        .as_ref()
        .map_or_else(|| quote!(__es::NoEvent), |(name, _)| quote!(#name));
    let event_enum = event_of.map(|(_, event_enum)| event_enum);
    let items = quote! {
        impl __es::Aggregate for #ident {
            type Id = #id;
            type Event = #event;
            type Error = #error;

            const NAME: &'static ::core::primitive::str = #name;

            const DESCRIPTOR: &'static __es::AggregateDescriptor = &__es::AggregateDescriptor {
                name: #name,
                rust_name: #rust_name,
                file: "",
                line: 0,
                events: &[],
                commands: &[],
                ignores_unknown: false,
                snapshot: ::core::option::Option::None,
                docs: "",
            };

            fn initial() -> Self {
                loop {}
            }

            fn apply_event(&mut self, _: &Self::Event) {}

            fn read(
                _: &__es::Stored<'_>,
                _: &mut __es::Sink<'_, Self>,
            ) -> ::core::result::Result<(), __es::DecodeError> {
                ::core::result::Result::Ok(())
            }
        }

        #(
            impl __es::Lists<#listed> for #ident {
                fn wrap(_: #listed) -> <Self as __es::Aggregate>::Event {
                    loop {}
                }
            }
        )*
    };
    let wrapped = wrap(&aggregate.runtime, &items);
    quote!(#event_enum #wrapped)
}

/// The enum of the listed events, as far as it can be: its name, and its declaration.
fn stand_in_enum(
    aggregate: &Aggregate,
    name: &Ident,
    listed: &[&Type],
) -> (TokenStream, TokenStream) {
    let mut variants: Vec<Ident> = Vec::new();
    for variant in listed.iter().filter_map(|ty| last_segment(ty)) {
        if variant == *name {
            return (quote!(__es::NoEvent), TokenStream::new());
        }
        if !variants.contains(&variant) {
            variants.push(variant);
        }
    }
    let (ident, vis, runtime) = (&aggregate.ident, &aggregate.vis, &aggregate.runtime);
    let impls = wrap(
        runtime,
        &quote! {
            impl ::core::fmt::Debug for #name {
                fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    ::core::result::Result::Ok(())
                }
            }

            impl ::core::clone::Clone for #name {
                fn clone(&self) -> Self {
                    loop {}
                }
            }

            impl ::core::cmp::PartialEq for #name {
                fn eq(&self, _: &Self) -> ::core::primitive::bool {
                    false
                }
            }

            #(
                impl ::core::convert::From<#listed> for #name {
                    fn from(_: #listed) -> Self {
                        loop {}
                    }
                }
            )*

            impl __es::EventOf<#ident> for #name {
                fn into_event(self) -> Self {
                    self
                }
            }

            impl __es::Encode for #name {
                fn event_type(&self) -> &'static __es::EventType {
                    loop {}
                }

                fn encode(
                    &self,
                    _: &mut ::std::vec::Vec<::core::primitive::u8>,
                ) -> ::core::result::Result<(), __es::EncodeError> {
                    ::core::result::Result::Ok(())
                }
            }
        },
    );
    let types = listed.iter().filter_map(|ty| {
        let variant = last_segment(ty)?;
        let at = variants.iter().position(|known| *known == variant)?;
        variants.remove(at);
        Some(quote!(#variant(#ty)))
    });
    let types: Vec<_> = types.collect();
    let declared = quote! {
        #[doc = "Stands in for the enum of an aggregate with mistakes."]
        #[allow(dead_code)]
        #vis enum #name { #(#types),* }
        #impls
    };
    (quote!(#name), declared)
}

fn or(ty: Option<&Type>, other: &TokenStream) -> TokenStream {
    ty.map_or_else(|| other.clone(), ToTokens::to_token_stream)
}

/// What the registry knows of the aggregate.
fn descriptor(aggregate: &Aggregate) -> TokenStream {
    let (name, rust_name) = (&aggregate.name, unraw(&aggregate.ident));
    let (events, commands) = (events::descriptors(aggregate), aggregate.command_aliases());
    let (ignores_unknown, docs) = (aggregate.ignores_unknown, &aggregate.docs);
    let ident = &aggregate.ident;
    let snapshot = if aggregate.snapshot.is_some() {
        quote!(__es::snapshot_of::<#ident>())
    } else {
        quote!(::core::option::Option::None)
    };
    quote_spanned! {placed(aggregate.ident.span())=>
        static __DESCRIPTOR: __es::AggregateDescriptor = __es::AggregateDescriptor {
            name: #name,
            rust_name: #rust_name,
            file: ::core::file!(),
            line: ::core::line!(),
            events: #events,
            commands: &[#(<#commands as __es::Command>::DESCRIPTOR),*],
            ignores_unknown: #ignores_unknown,
            snapshot: #snapshot,
            docs: #docs,
        };
    }
}

fn implementation(aggregate: &Aggregate, snapshot: Option<&TokenStream>) -> TokenStream {
    let (ident, name) = (&aggregate.ident, &aggregate.name);
    let id = or(aggregate.id.as_ref(), &quote!(::std::string::String));
    let error = or(
        aggregate.error.as_ref(),
        &quote!(::core::convert::Infallible),
    );
    let event = events::event_type(aggregate);
    // A private event is reported where it is listed.
    let listed = match aggregate.events.as_slice() {
        [only] => first_span(&only.ty),
        _ => ident.span(),
    };
    let event = quote_spanned!(placed(listed)=> type Event = #event;);
    let (apply, read) = (events::apply_event(aggregate), events::read(aggregate));
    // What is asked of the type is asked at its own name, so that it is reported there.
    quote_spanned! {placed(ident.span())=>
        #[automatically_derived]
        impl __es::Aggregate for #ident {
            type Id = #id;
            #event
            type Error = #error;

            const NAME: &'static ::core::primitive::str = #name;

            const DESCRIPTOR: &'static __es::AggregateDescriptor = &__DESCRIPTOR;

            #snapshot

            fn initial() -> Self {
                <#ident as __es::Begins>::begin()
            }

            #[inline]
            fn apply_event(&mut self, event: &Self::Event) {
                #apply
            }

            #[inline]
            fn read(
                stored: &__es::Stored<'_>,
                sink: &mut __es::Sink<'_, Self>,
            ) -> ::core::result::Result<(), __es::DecodeError> {
                #read
            }
        }
    }
}

fn snapshot_policy(aggregate: &Aggregate, snapshot: &Snapshot) -> TokenStream {
    let (every, version, schema) = (snapshot.every, snapshot.version, &aggregate.schema);
    // A state that is not serde is reported at `snapshot`.
    let state = respanned(&aggregate.ident, snapshot.span);
    quote! {
        const SNAPSHOT: ::core::option::Option<__es::SnapshotPolicy<Self>> =
            ::core::option::Option::Some(__es::SnapshotPolicy {
                every: #every,
                fingerprint: || {
                    static ONCE: __es::OnceLock<__es::Fingerprint> = __es::OnceLock::new();
                    *ONCE.get_or_init(|| __es::snapshot_fingerprint::<#state>(#schema, #version))
                },
                encode: <#state as __es::SnapshotState>::encode_state,
                decode: <#state as __es::SnapshotState>::decode_state,
            });
    }
}
