//! What a projection's list of events expands to: one input an event, its keys, and its fold.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Type;

use super::model::Projection;
use crate::list::Listed;
use crate::naming::unraw;
use crate::tokens::{first_span, placed, written};

fn variant(at: usize) -> Ident {
    format_ident!("Event{at}")
}

fn read(projection: &Projection) -> impl Iterator<Item = (usize, &Listed)> {
    projection
        .events
        .iter()
        .enumerate()
        .filter(|(_, listed)| !listed.ignored)
}

/// The type of what was read: an event of the list, or an old one.
pub fn input(projection: &Projection) -> TokenStream {
    let ident = &projection.ident;
    let variants = read(projection).map(|(at, listed)| {
        let (variant, ty) = (variant(at), &listed.ty);
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
    for (at, listed) in projection.events.iter().enumerate() {
        let ty = &listed.ty;
        let (parameter, input) = if listed.ignored {
            (quote!(_), quote!(::core::option::Option::None))
        } else {
            let variant = variant(at);
            (
                quote!(event),
                quote!(::core::option::Option::Some(__Input(__Kind::#variant(event)))),
            )
        };
        takings.extend(quote! {
            #[automatically_derived]
            impl __es::Takes<#ty> for #ident {
                #[inline]
                fn input(#parameter: #ty) -> ::core::option::Option<__Input> {
                    #input
                }
            }
        });
    }
    let by_default = default_key(projection);
    for ty in &projection.retired {
        takings.extend(quote! {
            #[automatically_derived]
            impl __es::Takes<#ty> for #ident where for<'__a> &'__a #ty: __es::ProjectedByRef<#ident> {
                fn input(event: #ty) -> ::core::option::Option<__Input> {
                    ::core::option::Option::Some(__Input(__Kind::Old(__es::OldInput::new(
                        event,
                        |__context, __keys| {
                            #by_default
                            ::core::result::Result::Ok(())
                        },
                        |event: &#ty, row: &mut #ident, context| {
                            __es::ProjectedByRef::project_ref_to(event, row, context)
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
            quote! {
                let __key: #ty = __es::columns::stream_key(#column, __context.stream_id())?;
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
    let arms = read(projection).map(|(at, listed)| {
        let variant = variant(at);
        let own = listed.keys.as_ref().and_then(|own| {
            let ty = ty?;
            if let Some(field) = own.name("key") {
                return Some(quote_spanned! {placed(field.span())=>
                    __keys.push(Self::key_value(__es::KeyOf::<#ty>::key(&__event.#field))?);
                });
            }
            let function = own.expression("key_with")?;
            Some(quote_spanned! {placed(first_span(function))=>
                for __key in ::core::iter::IntoIterator::into_iter((#function)(__event, __context)) {
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

/// The body of `fold`: the one place that names the user's `Project`.
pub fn fold(projection: &Projection) -> TokenStream {
    let ident = &projection.ident;
    let arms = read(projection).map(|(at, listed)| {
        let (variant, ty) = (variant(at), &listed.ty);
        quote!(__Kind::#variant(event) => <#ty as __es::ProjectedBy<#ident>>::project_to(event, self, context),)
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
    let through = |ty: &Type| quote!(<#ty as __es::ReplayInto<__es::Inputs<'_, #ident>>>::read(stored, inputs)?);
    let steps: Vec<_> = projection
        .events
        .iter()
        .map(|listed| {
            let ty = &listed.ty;
            if listed.ignored {
                quote!(__es::passed_over(<#ty as __es::Event>::TYPES, stored)?)
            } else {
                through(ty)
            }
        })
        .chain(projection.retired.iter().map(through))
        .collect();
    quote! {
        let inputs = &mut __es::Inputs::<'_, #ident>::new(inputs);
        ::core::result::Result::Ok(#(#steps)||*)
    }
}

/// The list for the registry.
pub fn descriptors(projection: &Projection) -> TokenStream {
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
    let all = listed.chain(retired).map(|(ty, role, keying)| {
        let name = written(ty);
        quote! {
            __es::ListedEvent {
                rust_name: #name,
                types: <#ty as __es::Event>::TYPES,
                role: __es::ListedRole::#role,
                keying: #keying,
            }
        }
    });
    quote!(&[#(#all),*])
}
