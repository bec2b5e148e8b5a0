//! What a projection's list of events expands to: one input an event, its keys, and its fold.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::model::Projection;
use crate::list::Listed;
use crate::naming::unraw;
use crate::tokens::{alias, expression, first_span, placed, written};

fn variant(at: usize) -> Ident {
    format_ident!("Event{at}")
}

/// The names of the listed events in generated code.
fn event_aliases(projection: &Projection) -> Vec<Ident> {
    let events = projection.events.iter().enumerate();
    events
        .map(|(at, listed)| alias("Event", at, &listed.ty))
        .collect()
}

/// Those of the retired.
fn retired_aliases(projection: &Projection) -> Vec<Ident> {
    let retired = projection.retired.iter().enumerate();
    retired.map(|(at, ty)| alias("Retired", at, ty)).collect()
}

/// The names of all listed types in generated code, each given once, so that one which is not there is one error.
pub fn aliases(projection: &Projection) -> TokenStream {
    let (events, retired) = (event_aliases(projection), retired_aliases(projection));
    let event_types = projection.events.iter().map(|listed| &listed.ty);
    let retired_types = &projection.retired;
    quote! {
        #(type #events = #event_types;)*
        #(type #retired = #retired_types;)*
    }
}

/// The events that are not ignored: their place, how they are listed, and their name.
fn read(projection: &Projection) -> impl Iterator<Item = (usize, &Listed, Ident)> {
    projection
        .events
        .iter()
        .zip(event_aliases(projection))
        .enumerate()
        .filter(|(_, (listed, _))| !listed.ignored)
        .map(|(at, (listed, alias))| (at, listed, alias))
}

/// The type of what was read: an event of the list, or an old one.
pub fn input(projection: &Projection) -> TokenStream {
    let ident = &projection.ident;
    let variants = read(projection).map(|(at, _, ty)| {
        let variant = variant(at);
        quote!(#variant(#ty))
    });
    quote! {
        pub struct __Input(__Kind);

        enum __Kind {
            #(#variants,)*
            Old(__es::OldInput<#ident>),
        }
    }
}

/// How the projection takes each event.
pub fn takings(projection: &Projection) -> TokenStream {
    let ident = &projection.ident;
    let mut takings = TokenStream::new();
    let events = projection.events.iter().zip(event_aliases(projection));
    for (at, (listed, ty)) in events.enumerate() {
        let (parameter, input) = if listed.ignored {
            (quote!(_), quote!(::core::option::Option::None))
        } else {
            let variant = variant(at);
            (
                quote!(event),
                quote!(::core::option::Option::Some(__Input(__Kind::#variant(event)))),
            )
        };
        // A type that is listed under two names is two such impls, and the trait's name says so where the second stands.
        takings.extend(quote_spanned! {placed(ty.span())=>
            #[automatically_derived]
            impl __es::TakesEachEventOnce<#ty> for #ident {
                #[inline]
                fn input(#parameter: #ty) -> ::core::option::Option<__Input> {
                    #input
                }
            }
        });
    }
    let by_default = default_key(projection);
    let method = if projection.manner.acts() {
        quote!(react)
    } else {
        quote!(project)
    };
    for ty in &retired_aliases(projection) {
        takings.extend(quote_spanned! {placed(ty.span())=>
            #[automatically_derived]
            impl __es::TakesEachEventOnce<#ty> for #ident {
                fn input(event: #ty) -> ::core::option::Option<__Input> {
                    ::core::option::Option::Some(__Input(__Kind::Old(__es::OldInput::new(
                        event,
                        |__context, __keys| {
                            #by_default
                            ::core::result::Result::Ok(())
                        },
                        |event: &#ty, row: &mut #ident, context| {
                            use __es::{NoSuchEvent as _, NotFolded as _, StillFolded as _};
                            (&&__es::Past::<#ty>::NEW).#method(event, row, context);
                        },
                    ))))
                }
            }
        });
    }
    takings
}

/// Adds the key of an event that says nothing of its own.
fn default_key(projection: &Projection) -> TokenStream {
    match projection.key() {
        Some(key) if !projection.global => {
            let (ident, ty, column) = (&projection.ident, &key.ty, &key.column);
            let key = quote_spanned! {placed(first_span(ty))=>
                __es::columns::stream_key::<#ty>(#column, __context.stream_id())?
            };
            quote! {
                let __key = #key;
                __keys.push(<#ident as __es::Projection>::key_value(&__key)?);
            }
        }
        _ => quote! {
            let _ = __context;
            __keys.push(__es::Value::Null);
        },
    }
}

/// The body of `keys`.
pub fn keys(projection: &Projection) -> TokenStream {
    let ty = projection.key().map(|key| &key.ty);
    let arms = read(projection).map(|(at, listed, event)| {
        let variant = variant(at);
        let own = listed.keys.as_ref().and_then(|own| {
            let ty = ty?;
            if let Some(field) = own.name("key") {
                return Some(quote_spanned! {placed(field.span())=>
                    let __event = __es::columns::fields_of(__event);
                    __keys.push(Self::key_value(__es::KeyOf::<#ty>::key(&__event.#field))?);
                });
            }
            let function = own.expression("key_with")?;
            let span = placed(first_span(function));
            let function = expression(function);
            Some(quote_spanned! {span=>
                let __function: __es::columns::KeyFunction<'_, '_, '_, #event, _> = #function;
                for __key in <_ as __es::Keys>::listed(__function(__event, __context)) {
                    __keys.push(Self::key_value(__es::KeyOf::<#ty>::key(&__key))?);
                }
            })
        });
        let (binding, add) = own.map_or_else(
            || (quote!(_), default_key(projection)),
            |own| (quote!(__event), own),
        );
        quote!(__Kind::#variant(#binding) => { #add })
    });
    quote! {
        match &__input.0 {
            #(#arms)*
            __Kind::Old(__old) => __old.keys(__context, __keys)?,
        }
        ::core::result::Result::Ok(())
    }
}

/// The body of `fold`: the one place that names the user's `Project`, or `React`.
pub fn fold(projection: &Projection) -> TokenStream {
    let ident = &projection.ident;
    let (by, method) = if projection.manner.acts() {
        (quote!(ReactedBy), quote!(react_to))
    } else {
        (quote!(ProjectedBy), quote!(project_to))
    };
    let arms = read(projection).map(|(at, _, ty)| {
        let variant = variant(at);
        quote!(__Kind::#variant(event) => <#ty as __es::#by<#ident>>::#method(event, self, context),)
    });
    quote! {
        match &input.0 {
            #(#arms)*
            __Kind::Old(old) => old.fold(self, context),
        }
    }
}

/// The chain that reads a stored event.
pub fn chain(projection: &Projection) -> TokenStream {
    let ident = &projection.ident;
    let through = |ty: &Ident| quote!(<#ty as __es::ReplayInto<__es::Inputs<'_, #ident>>>::read(stored, inputs)?);
    let steps: Vec<_> = projection
        .events
        .iter()
        .zip(event_aliases(projection))
        .map(|(listed, ty)| {
            if listed.ignored {
                quote!(__es::passed_over(<#ty as __es::ReplayInto<__es::Inputs<'_, #ident>>>::READS, stored)?)
            } else {
                through(&ty)
            }
        })
        .chain(retired_aliases(projection).iter().map(through))
        .collect();
    quote! {
        let inputs = &mut __es::Inputs::<'_, #ident>::new(inputs);
        ::core::result::Result::Ok(#(#steps)||*)
    }
}

/// The list for the registry.
pub fn descriptors(projection: &Projection) -> TokenStream {
    let ident = &projection.ident;
    let by_default = if projection.global {
        quote!(__es::Keying::Global)
    } else {
        quote!(__es::Keying::Stream)
    };
    let listed = projection.events.iter().map(|listed| {
        let role = if listed.ignored {
            quote!(Ignored)
        } else {
            quote!(Read)
        };
        let keying = listed
            .keys
            .as_ref()
            .and_then(|keys| {
                if let Some(field) = keys.name("key") {
                    let field = unraw(field);
                    return Some(quote!(__es::Keying::Field(#field)));
                }
                let function = written(keys.expression("key_with")?);
                Some(quote!(__es::Keying::Function(#function)))
            })
            .unwrap_or_else(|| by_default.clone());
        (&listed.ty, role, keying)
    });
    let retired = projection
        .retired
        .iter()
        .map(|ty| (ty, quote!(Retired), by_default.clone()));
    let aliases = event_aliases(projection)
        .into_iter()
        .chain(retired_aliases(projection));
    let all = listed
        .chain(retired)
        .zip(aliases)
        .map(|((ty, role, keying), alias)| {
            let name = written(ty);
            quote! {
                __es::ListedEvent {
                    rust_name: #name,
                    types: <#alias as __es::ReplayInto<__es::Inputs<'_, #ident>>>::READS,
                    role: __es::ListedRole::#role,
                    keying: #keying,
                }
            }
        });
    quote!(&[#(#all),*])
}
