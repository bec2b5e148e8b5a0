//! The implementations that an aggregate gets.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::model::{Aggregate, Snapshot};
use super::{commands, events};
use crate::naming::unraw;
use crate::tokens::{first_span, placed, respanned};
use crate::wrap::wrap;

pub fn expand(aggregate: &Aggregate) -> TokenStream {
    let event_enum = events::event_enum(aggregate);
    let command_enum = commands::command_enum(aggregate);
    let event_enum_impls = events::event_enum_impls(aggregate);
    let command_enum_impls = commands::command_enum_impls(aggregate);
    let readings = events::readings(aggregate);
    let proofs = commands::proofs(aggregate);
    let snapshot = aggregate
        .snapshot
        .as_ref()
        .map(|snapshot| snapshot_policy(aggregate, snapshot));
    let implementation = implementation(aggregate, snapshot.as_ref(), true);
    let ident = &aggregate.ident;
    let wrapped = wrap(
        &aggregate.runtime,
        &quote! {
            #implementation
            #event_enum_impls
            #command_enum_impls
            #readings
            #proofs
            __es::inventory::submit! {
                __es::Registration::Aggregate(<#ident as __es::Aggregate>::DESCRIPTOR)
            }
        },
    );
    quote!(#event_enum #command_enum #wrapped)
}

/// What stands in for an aggregate with mistakes, so that they are the only errors.
pub fn stand_in(aggregate: &Aggregate) -> TokenStream {
    let event_enum = events::event_enum(aggregate);
    let event_enum_impls = events::event_enum_impls(aggregate);
    let implementation = implementation(aggregate, None, false);
    let ident = &aggregate.ident;
    let lists = aggregate.events.iter().map(|listed| {
        let ty = &listed.ty;
        quote! {
            impl __es::Lists<#ty> for #ident {
                fn wrap(_: #ty) -> <Self as __es::Aggregate>::Event {
                    loop {}
                }
            }
        }
    });
    let wrapped = wrap(
        &aggregate.runtime,
        &quote! {
            #implementation
            #event_enum_impls
            #(#lists)*
        },
    );
    quote!(#event_enum #wrapped)
}

fn implementation(
    aggregate: &Aggregate,
    snapshot: Option<&TokenStream>,
    whole: bool,
) -> TokenStream {
    let (ident, name) = (&aggregate.ident, &aggregate.name);
    let rust_name = unraw(ident);
    let id = aggregate
        .id
        .as_ref()
        .map_or_else(|| quote!(::std::string::String), |id| quote!(#id));
    let error = aggregate.error.as_ref().map_or_else(
        || quote!(::core::convert::Infallible),
        |error| quote!(#error),
    );
    let event = events::event_type(aggregate);
    // A private event is reported where it is listed.
    let listed = match aggregate.events.as_slice() {
        [only] => first_span(&only.ty),
        _ => ident.span(),
    };
    let event = quote_spanned!(placed(listed)=> type Event = #event;);
    let (descriptors, commands, apply, read) = if whole {
        let commands = &aggregate.commands;
        (
            events::descriptors(aggregate),
            quote!(&[#(<#commands as __es::Command>::DESCRIPTOR),*]),
            events::apply_event(aggregate),
            events::read(aggregate),
        )
    } else {
        (
            quote!(&[]),
            quote!(&[]),
            quote!(let _ = event;),
            quote!({
                let _ = (stored, sink);
                ::core::result::Result::Ok(())
            }),
        )
    };
    let ignores_unknown = aggregate.ignores_unknown;
    let initial = if whole {
        quote!(<#ident as __es::Begins>::begin())
    } else {
        quote!(loop {})
    };
    // What is asked of the type is asked at its own name, so that it is reported there.
    quote_spanned! {placed(ident.span())=>
        #[automatically_derived]
        impl __es::Aggregate for #ident {
            type Id = #id;
            #event
            type Error = #error;

            const NAME: &'static ::core::primitive::str = #name;

            const DESCRIPTOR: &'static __es::AggregateDescriptor = &__es::AggregateDescriptor {
                name: #name,
                rust_name: #rust_name,
                file: ::core::file!(),
                line: ::core::line!(),
                events: #descriptors,
                commands: #commands,
                ignores_unknown: #ignores_unknown,
            };

            #snapshot

            fn initial() -> Self {
                #initial
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
