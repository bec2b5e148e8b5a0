//! What an aggregate's list of events expands to: the event type, and one reading of each event.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;

use super::model::Aggregate;
use crate::list::Listed;
use crate::naming::unraw;
use crate::tokens::{first_span, placed};

/// The aggregate's event type.
pub fn event_type(aggregate: &Aggregate) -> TokenStream {
    match (&aggregate.event_enum, aggregate.events.as_slice()) {
        (Some(name), _) => name.to_token_stream(),
        (None, [only]) => only.ty.to_token_stream(),
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
        let (variant, ty) = (listed.ident()?, &listed.ty);
        let doc = format!("[`{}`].", listed.written());
        Some(quote!(#[doc = #doc] #variant(#ty)))
    });
    quote! {
        #[doc = #doc]
        #[allow(deprecated, clippy::large_enum_variant, clippy::enum_variant_names)]
        #vis enum #name { #(#variants),* }
    }
}

/// The traits of that enum. Each of std's holds exactly when it holds of all parts: a bound over any lifetime defers the question to where
/// the trait is used.
pub fn event_enum_impls(aggregate: &Aggregate) -> TokenStream {
    let Some(name) = &aggregate.event_enum else {
        return TokenStream::new();
    };
    let variants: Vec<_> = aggregate.events.iter().filter_map(Listed::ident).collect();
    let types: Vec<_> = aggregate.events.iter().map(|listed| &listed.ty).collect();
    let ident = &aggregate.ident;
    let several = (variants.len() > 1).then(|| quote!(_ => false,));
    quote! {
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
        impl ::core::cmp::PartialEq for #name where #(for<'__a> &'__a #types: ::core::cmp::PartialEq),* {
            fn eq(&self, other: &Self) -> ::core::primitive::bool {
                match (self, other) {
                    #((Self::#variants(left), Self::#variants(right)) => ::core::cmp::PartialEq::eq(&left, &right),)*
                    #several
                }
            }
        }

        #(
            #[automatically_derived]
            impl ::core::convert::From<#types> for #name {
                #[inline]
                fn from(event: #types) -> Self {
                    Self::#variants(event)
                }
            }
        )*

        #[automatically_derived]
        impl __es::Encode for #name {
            #[inline]
            fn event_type(&self) -> &'static __es::EventType {
                match self { #(Self::#variants(event) => __es::Encode::event_type(event),)* }
            }

            #[inline]
            fn encode(
                &self,
                payload: &mut ::std::vec::Vec<::core::primitive::u8>,
            ) -> ::core::result::Result<(), __es::EncodeError> {
                match self { #(Self::#variants(event) => __es::Encode::encode(event, payload),)* }
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
    for listed in &aggregate.events {
        let ty = &listed.ty;
        let fold = if listed.ignored {
            quote!(let _ = event;)
        } else {
            quote!(<#ty as __es::AppliedBy<#ident>>::apply_to(event, self);)
        };
        let wrap = if let (Some(name), Some(variant)) = (&aggregate.event_enum, listed.ident()) {
            quote!(#name::#variant(event))
        } else {
            quote!(event)
        };
        readings.extend(quote! {
            #[automatically_derived]
            impl __es::Lists<#ty> for #ident {
                #[inline]
                fn wrap(event: #ty) -> <Self as __es::Aggregate>::Event {
                    #wrap
                }
            }

            #[automatically_derived]
            impl __es::Reads<#ty> for #ident {
                #[inline]
                fn fold(&mut self, event: &#ty) {
                    #fold
                }

                #[inline]
                fn recall(event: #ty) -> ::core::option::Option<<Self as __es::Aggregate>::Event> {
                    ::core::option::Option::Some(<Self as __es::Lists<#ty>>::wrap(event))
                }
            }
        });
    }
    // What is split or dropped needs no `Apply`, and the list does not tell: the bound over any lifetime is asked only where the event is
    // really folded.
    for ty in &aggregate.retired {
        readings.extend(quote! {
            #[automatically_derived]
            impl __es::Reads<#ty> for #ident where for<'__a> &'__a #ty: __es::AppliedByRef<#ident> {
                fn fold(&mut self, event: &#ty) {
                    __es::AppliedByRef::apply_ref_to(event, self);
                }

                fn recall(_: #ty) -> ::core::option::Option<<Self as __es::Aggregate>::Event> {
                    ::core::option::Option::None
                }
            }
        });
    }
    readings
}

/// `apply_event`, over the aggregate's event type.
pub fn apply_event(aggregate: &Aggregate) -> TokenStream {
    let apply = |ty: &Type| quote!(<Self as __es::Reads<#ty>>::fold(self, event));
    match (&aggregate.event_enum, aggregate.events.as_slice()) {
        (Some(name), events) => {
            let arms = events.iter().filter_map(|listed| {
                let (variant, apply) = (listed.ident()?, apply(&listed.ty));
                Some(quote!(#name::#variant(event) => #apply,))
            });
            quote!(match event { #(#arms)* })
        }
        (None, [only]) => apply(&only.ty),
        (None, _) => quote!(match *event {}),
    }
}

/// The chain that reads a stored event: each listed type is asked in its turn, in the order of the list.
pub fn read(aggregate: &Aggregate) -> TokenStream {
    let ident = &aggregate.ident;
    let steps = aggregate
        .events
        .iter()
        .map(|listed| {
            let ty = &listed.ty;
            if listed.ignored {
                quote!(<#ty as __es::IgnoredBy<#ident>>::pass(stored, sink)?)
            } else {
                quote!(<#ty as __es::ReplayInto<__es::Sink<'_, #ident>>>::read(stored, sink)?)
            }
        })
        .chain(aggregate.retired.iter().map(
            |ty| quote!(<#ty as __es::ReplayInto<__es::Sink<'_, #ident>>>::read(stored, sink)?),
        ));
    let steps: Vec<_> = steps.collect();
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
        if #(#steps)||* {
            ::core::result::Result::Ok(())
        } else {
            #unknown
        }
    }
}

/// The list for the registry.
pub fn descriptors(aggregate: &Aggregate) -> TokenStream {
    let read = aggregate.events.iter().map(|listed| {
        let role = if listed.ignored {
            quote!(Ignored)
        } else {
            quote!(Read)
        };
        (listed.ty.clone(), role)
    });
    let retired = aggregate
        .retired
        .iter()
        .map(|ty| (ty.clone(), quote!(Retired)));
    let all = read.chain(retired).map(|(ty, role)| {
        let name = crate::tokens::written(&ty);
        let span = first_span(&ty);
        quote_spanned! {placed(span)=>
            __es::ListedEvent {
                rust_name: #name,
                types: <#ty as __es::Event>::TYPES,
                role: __es::ListedRole::#role,
                keying: __es::Keying::Stream,
            }
        }
    });
    quote!(&[#(#all),*])
}
