//! What an aggregate's list of events expands to: the event type, and one reading of each event.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::model::Aggregate;
use crate::naming::unraw;
use crate::tokens::placed;

/// The names of all listed types in generated code, each given once, so that one which is not there is one error.
pub fn aliases(aggregate: &Aggregate) -> TokenStream {
    let ident = &aggregate.ident;
    let (events, retired, commands) = (
        aggregate.event_aliases(),
        aggregate.retired_aliases(),
        aggregate.command_aliases(),
    );
    let event_types = aggregate.events.iter().map(|listed| &listed.ty);
    let (retired_types, command_types) = (&aggregate.retired, &aggregate.commands);
    quote! {
        #(type #events = #event_types;)*
        #(type #retired = #retired_types;)*
        #(type #commands = <#command_types as __es::SentTo<#ident>>::Command;)*
    }
}

/// A proof that none of the listed events is retired, at its place in the list.
pub fn proofs(aggregate: &Aggregate) -> TokenStream {
    let ident = &aggregate.ident;
    let checks = aggregate.event_aliases().into_iter().map(|event| {
        quote_spanned!(placed(event.span())=> (&__es::Entry::<#ident, #event>::NEW).check();)
    });
    quote! {
        const _: fn() = || {
            use __es::{AnyEntry as _, RetiredEntry as _};
            #(#checks)*
        };
    }
}

/// The aggregate's event type.
pub fn event_type(aggregate: &Aggregate) -> TokenStream {
    match (&aggregate.event_enum, aggregate.event_aliases().as_slice()) {
        (Some(name), _) => name.to_token_stream(),
        (None, [only]) => only.to_token_stream(),
        (None, _) => quote!(__es::NoEvent),
    }
}

/// The enum of the listed events, where there is one.
pub fn event_enum(aggregate: &Aggregate) -> TokenStream {
    let Some(name) = &aggregate.event_enum else {
        return TokenStream::new();
    };
    let (vis, ident) = (&aggregate.vis, unraw(&aggregate.ident));
    let doc = format!("The events that [`{ident}`] writes: those of its `events(…)`.");
    let variants = aggregate.events.iter().filter_map(|listed| {
        let (variant, ty) = (listed.variant(name)?, &listed.ty);
        let doc = format!("[`{}`].", listed.written());
        Some(quote!(#[doc = #doc] #variant(#ty)))
    });
    quote_spanned! {placed(name.span())=>
        #[doc = #doc]
        #[allow(deprecated, non_camel_case_types, clippy::large_enum_variant, clippy::enum_variant_names)]
        #vis enum #name { #(#variants),* }
    }
}

/// The traits of that enum. Each of std's holds exactly when it holds of all parts: a bound over any lifetime defers the question to where
/// the trait is used.
pub fn event_enum_impls(aggregate: &Aggregate) -> TokenStream {
    let Some(name) = &aggregate.event_enum else {
        return TokenStream::new();
    };
    let variants: Vec<_> = aggregate
        .events
        .iter()
        .filter_map(|listed| listed.variant(name))
        .collect();
    let types = aggregate.event_aliases();
    let ident = &aggregate.ident;
    let several = (variants.len() > 1).then(|| quote!(_ => false,));
    // What clashes with another item of the name is reported at the name.
    quote_spanned! {placed(name.span())=>
        #[automatically_derived]
        impl ::core::fmt::Debug for #name where #(for<'__a> &'__a #types: ::core::fmt::Debug),* {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self { #(Self::#variants(event) => ::core::fmt::Debug::fmt(&event, f),)* }
            }
        }

        #[automatically_derived]
        impl ::core::clone::Clone for #name where #(for<'__a> &'__a #types: __es::CloneEvent<#types>),* {
            fn clone(&self) -> Self {
                match self { #(Self::#variants(event) => Self::#variants(__es::CloneEvent::clone_event(event)),)* }
            }
        }

        #[automatically_derived]
        impl ::core::cmp::Eq for #name where #(for<'__a> &'__a #types: ::core::cmp::Eq),* {}

        #[automatically_derived]
        impl ::core::cmp::PartialEq for #name where #(for<'__a> &'__a #types: ::core::cmp::PartialEq),* {
            fn eq(&self, other: &Self) -> ::core::primitive::bool {
                match (self, other) {
                    #((Self::#variants(left), Self::#variants(right)) => ::core::cmp::PartialEq::eq(&left, &right),)*
                    #several
                }
            }
        }

        // From each: as one, so that a type which is listed under two names is reported once. The enum itself is no `Event`, which keeps this from
        // what std has of every type, even where a listed type is not there.
        #[automatically_derived]
        impl<__Listed: __es::Event> ::core::convert::From<__Listed> for #name
        where
            #ident: __es::Lists<__Listed>,
        {
            #[inline]
            fn from(event: __Listed) -> Self {
                <#ident as __es::Lists<__Listed>>::wrap(event)
            }
        }

        #[automatically_derived]
        impl __es::Encode for #name {
            #[inline]
            fn event_type(&self) -> &'static __es::EventType {
                match self {
                    #(Self::#variants(event) => <#types as __es::ReplayInto<__es::Sink<'_, #ident>>>::written_as(event),)*
                }
            }

            #[inline]
            fn encode(
                &self,
                payload: &mut ::std::vec::Vec<::core::primitive::u8>,
            ) -> ::core::result::Result<(), __es::EncodeError> {
                match self {
                    #(Self::#variants(event) => <#types as __es::ReplayInto<__es::Sink<'_, #ident>>>::write(event, payload),)*
                }
            }
        }

        #[automatically_derived]
        impl __es::EventOf<#ident> for #name {
            #[inline]
            fn into_event(self) -> Self {
                self
            }
        }
    }
}

/// How the aggregate reads each event: the one place that names the user's `Apply`.
pub fn readings(aggregate: &Aggregate) -> TokenStream {
    let ident = &aggregate.ident;
    let mut readings = TokenStream::new();
    for (listed, ty) in aggregate.events.iter().zip(aggregate.event_aliases()) {
        let fold = if listed.ignored {
            quote!(let _ = event;)
        } else {
            quote!(<#ty as __es::AppliedBy<#ident>>::apply_to(event, self);)
        };
        let variant = aggregate
            .event_enum
            .as_ref()
            .and_then(|name| Some((name, listed.variant(name)?)));
        let wrap = variant.map_or_else(
            || quote!(event),
            |(name, variant)| quote!(#name::#variant(event)),
        );
        // A type that is listed under two names is two such impls, and the trait's name says so where the second stands.
        readings.extend(quote_spanned! {placed(ty.span())=>
            #[automatically_derived]
            impl __es::ListsEachEventOnce<#ty> for #ident {
                type As = __es::AsWritten<<Self as __es::Aggregate>::Event>;

                #[inline]
                fn fold(&mut self, event: &#ty) {
                    #fold
                }

                #[inline]
                fn recall(event: #ty) -> Self::As {
                    __es::AsWritten(#wrap)
                }
            }
        });
    }
    // What is split or dropped needs no `Apply`, and the list does not tell: the event's own type does.
    for ty in aggregate.retired_aliases() {
        readings.extend(quote_spanned! {placed(ty.span())=>
            #[automatically_derived]
            impl __es::ListsEachEventOnce<#ty> for #ident {
                type As = __es::AsRead;

                fn fold(&mut self, event: &#ty) {
                    use __es::{NoSuchEvent as _, NotFolded as _, StillFolded as _};
                    (&&__es::Past::<#ty>::NEW).apply(event, self);
                }

                fn recall(_: #ty) -> Self::As {
                    __es::AsRead
                }
            }
        });
    }
    readings
}

/// `apply_event`, over the aggregate's event type.
pub fn apply_event(aggregate: &Aggregate) -> TokenStream {
    let apply = |ty: &Ident| quote!(<Self as __es::ListsEachEventOnce<#ty>>::fold(self, event));
    match (&aggregate.event_enum, aggregate.event_aliases().as_slice()) {
        (Some(name), types) => {
            let arms = aggregate
                .events
                .iter()
                .zip(types)
                .filter_map(|(listed, ty)| {
                    let (variant, apply) = (listed.variant(name)?, apply(ty));
                    Some(quote!(#name::#variant(event) => #apply,))
                });
            quote!(match event { #(#arms)* })
        }
        (None, [only]) => apply(only),
        (None, _) => quote!(match *event {}),
    }
}

/// Whether the one listed type is itself the event type: that it is an event is then asked there, and nowhere else.
fn is_event_type(aggregate: &Aggregate) -> bool {
    aggregate.event_enum.is_none()
}

/// The chain that reads a stored event: each listed type is asked in its turn, in the order of the list.
pub fn read(aggregate: &Aggregate) -> TokenStream {
    let ident = &aggregate.ident;
    let listed = aggregate.events.iter().zip(aggregate.event_aliases());
    let listed = listed.map(|(listed, ty)| {
        let read = if listed.ignored {
            quote!(pass)
        } else {
            quote!(read)
        };
        if is_event_type(aggregate) {
            quote!(__es::Only::<#ty>::#read(stored, sink)?)
        } else {
            quote!(<#ty as __es::ReplayInto<__es::Sink<'_, #ident>>>::#read(stored, sink)?)
        }
    });
    let retired = aggregate.retired_aliases();
    let retired = retired
        .iter()
        .map(|ty| quote!(<#ty as __es::ReplayInto<__es::Sink<'_, #ident>>>::read(stored, sink)?));
    let steps: Vec<_> = listed.chain(retired).collect();
    let only = is_event_type(aggregate).then(|| {
        quote!(
            use __es::OnlyWithoutEvent as _;
        )
    });
    let unknown = if aggregate.ignores_unknown {
        quote!(::core::result::Result::Ok(()))
    } else {
        quote!(::core::result::Result::Err(__es::DecodeError::unknown(
            stored.name,
            stored.version
        )))
    };
    if steps.is_empty() {
        return unknown;
    }
    quote! {
        #only
        if #(#steps)||* {
            ::core::result::Result::Ok(())
        } else {
            #unknown
        }
    }
}

/// The list for the registry.
pub fn descriptors(aggregate: &Aggregate) -> TokenStream {
    let ident = &aggregate.ident;
    let through = |ty: &Ident| quote!(<#ty as __es::ReplayInto<__es::Sink<'_, #ident>>>::READS);
    let retired = aggregate.retired.iter().zip(aggregate.retired_aliases());
    let retired = retired.map(|(ty, alias)| {
        let types = through(&alias);
        (ty, alias, types, quote!(Retired))
    });
    let events = aggregate.events.iter().zip(aggregate.event_aliases());
    let all = events
        .map(|(listed, alias)| {
            let role = if listed.ignored {
                quote!(Ignored)
            } else {
                quote!(Read)
            };
            let types = if is_event_type(aggregate) {
                quote!({ use __es::OnlyWithoutEvent as _; __es::Only::<#alias>::READS })
            } else {
                through(&alias)
            };
            (&listed.ty, alias, types, role)
        })
        .chain(retired)
        .map(|(ty, alias, types, role)| {
            let name = crate::tokens::written(ty);
            quote_spanned! {placed(alias.span())=>
                __es::ListedEvent {
                    rust_name: #name,
                    types: #types,
                    role: __es::ListedRole::#role,
                    keying: __es::Keying::Stream,
                }
            }
        });
    quote!(&[#(#all),*])
}
