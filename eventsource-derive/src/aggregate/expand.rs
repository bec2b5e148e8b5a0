//! The implementations that an aggregate gets.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Generics, Type, parse_quote};

use super::model::{Aggregate, Snapshot};
use super::{commands, events};
use crate::list::last_segment;
use crate::naming::unraw;
use crate::standing::{Standing, owned};
use crate::tokens::{first_span, generated, placed, respanned};
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

/// What stands in for an aggregate with mistakes, so that they are the only errors.
pub fn stand_in(aggregate: &Aggregate, generics: &Generics) -> TokenStream {
    let (ident, name, rust_name) = (&aggregate.ident, &aggregate.name, unraw(&aggregate.ident));
    let standing = Standing::of(ident, generics, &owned());
    let (parameters, ty, bounds) = (&standing.parameters, &standing.ty, &standing.bounds);
    let unbound = &standing.unbound;
    let (of_any, listed) = standing.with(parse_quote!(__E), None);
    let named = named(aggregate);
    let event_of = aggregate
        .event_enum
        .as_ref()
        .and_then(|name| stand_in_enum(aggregate, name, &standing));
    let event = aggregate.event_enum.as_ref().filter(|_| event_of.is_some());
    let event = event.map_or_else(|| quote!(__es::NoEvent), ToTokens::to_token_stream);
    let items = quote! {
        #[diagnostic::do_not_recommend]
        impl #parameters __es::Aggregate for #ty #bounds {
            #named
            type Event = #event;

            const NAME: &'static ::core::primitive::str = #name;

            const DESCRIPTOR: &'static __es::AggregateDescriptor = &__es::AggregateDescriptor {
                name: #name,
                rust_name: #rust_name,
                file: "",
                line: 0,
                events: &[],
                commands: &[],
                ignores_unknown: false,
                shown_id: |_| ::core::option::Option::None,
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

        // It lists and reads whatever it is made to.
        impl #of_any __es::ListsEachEventOnce<__E> for #ty #listed {
            type As = __es::AsWritten<<Self as __es::Aggregate>::Event>;

            fn fold(&mut self, _: &__E) {}

            fn recall(_: __E) -> Self::As {
                loop {}
            }
        }

        impl #parameters __es::Declared for #ty #unbound {}
    };
    let wrapped = wrap(&aggregate.runtime, &items);
    let command_enum = aggregate.command_enum.as_ref();
    let command_enum = command_enum.map(|name| stand_in_commands(aggregate, name, &standing));
    quote!(#event_of #command_enum #wrapped)
}

/// The types, each with the name of its variant in this enum of them. Of two that would be one variant the first is.
fn variants<'a>(of: &Ident, types: impl Iterator<Item = &'a Type>) -> Vec<(Ident, &'a Type)> {
    let mut variants: Vec<(Ident, &Type)> = Vec::new();
    for ty in types {
        if let Some(variant) = last_segment(ty)
            && variants.iter().all(|(known, _)| *known != variant)
        {
            variants.push((generated(&variant, of), ty));
        }
    }
    variants
}

/// The enum of the listed events, as far as it can be; `None` where a listed type has its name.
fn stand_in_enum(aggregate: &Aggregate, name: &Ident, standing: &Standing) -> Option<TokenStream> {
    let listed = variants(name, aggregate.events.iter().map(|listed| &listed.ty));
    let others = aggregate.retired.iter().chain(&aggregate.commands);
    let mut named = others.filter_map(last_segment);
    if named.any(|other| other == *name) || listed.iter().any(|(variant, _)| variant == name) {
        return None;
    }
    let (parameters, ty, bounds) = (&standing.parameters, &standing.ty, &standing.bounds);
    let declared = declared(aggregate, name, &listed);
    let impls = quote! {
        impl ::core::fmt::Debug for #name {
            fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::result::Result::Ok(())
            }
        }

        impl ::core::cmp::PartialEq for #name {
            fn eq(&self, _: &Self) -> ::core::primitive::bool {
                false
            }
        }

        impl #parameters __es::EventOf<#ty> for #name #bounds {
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
    };
    let impls = wrap(&aggregate.runtime, &impls);
    Some(quote!(#declared #impls))
}

/// The enum of the listed commands, as far as it can be.
fn stand_in_commands(aggregate: &Aggregate, name: &Ident, standing: &Standing) -> TokenStream {
    let listed = variants(name, aggregate.commands.iter());
    let (parameters, ty, bounds) = (&standing.parameters, &standing.ty, &standing.bounds);
    let declared = declared(aggregate, name, &listed);
    // The aggregate of a command is one type.
    let command = bounds.is_empty().then(|| {
        quote! {
            impl __es::Command for #name {
                type Aggregate = #ty;

                const DESCRIPTOR: &'static __es::CommandDescriptor = &__es::CommandDescriptor {
                    rust_name: "",
                    name: ::core::option::Option::None,
                    version: 1,
                    schema: ::core::option::Option::None,
                    aggregate: "",
                    kinds: &[],
                    file: "",
                    line: 0,
                    docs: "",
                };

                fn id(&self) -> &<#ty as __es::Aggregate>::Id {
                    loop {}
                }

                fn existence(&self) -> __es::Existence {
                    __es::Existence::Optional
                }

                fn name(&self) -> &'static ::core::primitive::str {
                    ""
                }

                fn content(&self) -> ::core::option::Option<::std::vec::Vec<::core::primitive::u8>> {
                    ::core::option::Option::None
                }
            }
        }
    });
    let impls = quote! {
        impl<'de> __serde::Deserialize<'de> for #name {
            fn deserialize<__D: __serde::Deserializer<'de>>(
                _: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                loop {}
            }
        }

        #command

        impl #parameters __es::Handle<#name> for #ty #bounds {
            fn handle(&self, _: #name, _: &__es::Context<'_, Self>) -> __es::Decision<Self> {
                loop {}
            }
        }
    };
    let impls = wrap(&aggregate.runtime, &impls);
    quote!(#declared #impls)
}

/// An enum of these types, which is made from each of them, and cloned.
fn declared(aggregate: &Aggregate, name: &Ident, listed: &[(Ident, &Type)]) -> TokenStream {
    let vis = &aggregate.vis;
    let variants = listed.iter().map(|(variant, _)| variant);
    let types: Vec<_> = listed.iter().map(|(_, ty)| ty).collect();
    let impls = quote_spanned! {placed(name.span())=>
        impl ::core::clone::Clone for #name {
            fn clone(&self) -> Self {
                loop {}
            }
        }

        #(
            impl ::core::convert::From<#types> for #name {
                fn from(_: #types) -> Self {
                    loop {}
                }
            }
        )*
    };
    let impls = wrap(&aggregate.runtime, &impls);
    quote_spanned! {placed(name.span())=>
        #[doc = "Stands in for an enum of an aggregate with mistakes."]
        #[allow(dead_code)]
        #vis enum #name { #(#variants(#types)),* }
        #impls
    }
}

/// The id and the error. One that cannot be such is reported at its own name.
fn named(aggregate: &Aggregate) -> TokenStream {
    let id = aggregate.id.as_ref().map_or_else(
        || {
            quote!(
                type Id = ::std::string::String;
            )
        },
        |id| {
            let span = placed(first_span(id));
            quote_spanned!(span=> type Id = #id where for<'__a> &'__a #id: __es::CanBeTheId;)
        },
    );
    let error = aggregate.error.as_ref().map_or_else(
        || {
            quote!(
                type Error = ::core::convert::Infallible;
            )
        },
        |error| {
            let span = placed(first_span(error));
            quote_spanned!(span=> type Error = #error where for<'__a> &'__a #error: __es::CanBeTheError;)
        },
    );
    quote!(#id #error)
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
            shown_id: __es::shown_id::<#ident>,
            snapshot: #snapshot,
            docs: #docs,
        };
    }
}

fn implementation(aggregate: &Aggregate, snapshot: Option<&TokenStream>) -> TokenStream {
    let (ident, name) = (&aggregate.ident, &aggregate.name);
    let named = named(aggregate);
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
        impl __es::Declared for #ident {}

        #[automatically_derived]
        impl __es::Aggregate for #ident {
            #named
            #event

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
