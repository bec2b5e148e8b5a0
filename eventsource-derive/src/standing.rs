//! The parameters of an item that should have none, as what stands in for it repeats them.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote};
use syn::{GenericParam, Generics, WherePredicate, parse_quote};

/// The parts of `impl<…> Trait for Type<…> where …`.
pub struct Standing {
    /// Behind `impl`.
    pub parameters: TokenStream,
    /// The type.
    pub ty: TokenStream,
    /// Before the braces.
    pub bounds: TokenStream,
    /// The same, for a trait that asks nothing of the type.
    pub unbound: TokenStream,
    generics: Generics,
    bare: Generics,
}

impl Standing {
    /// Of a type with parameters all is asked that its trait asks, since nothing is known of them.
    pub fn of(ident: &Ident, generics: &Generics, asked: &TokenStream) -> Self {
        let (_, arguments, unbound) = generics.split_for_impl();
        let (ty, unbound) = (quote!(#ident #arguments), unbound.to_token_stream());
        let bare = generics.clone();
        let mut generics = generics.clone();
        if !generics.params.is_empty() {
            let asked = parse_quote!(#ty: #asked);
            generics.make_where_clause().predicates.push(asked);
        }
        let (parameters, _, bounds) = generics.split_for_impl();
        Self {
            parameters: parameters.to_token_stream(),
            bounds: bounds.to_token_stream(),
            unbound,
            ty,
            generics: generics.clone(),
            bare,
        }
    }

    /// The parameters and the bounds, with another of each.
    pub fn with(
        &self,
        parameter: GenericParam,
        bound: Option<WherePredicate>,
    ) -> (TokenStream, TokenStream) {
        Self::of_more(self.generics.clone(), parameter, bound)
    }

    /// The same, for a trait that asks nothing of the type.
    pub fn unbound_with(
        &self,
        parameter: GenericParam,
        bound: Option<WherePredicate>,
    ) -> (TokenStream, TokenStream) {
        Self::of_more(self.bare.clone(), parameter, bound)
    }

    fn of_more(
        mut generics: Generics,
        parameter: GenericParam,
        bound: Option<WherePredicate>,
    ) -> (TokenStream, TokenStream) {
        generics.params.push(parameter);
        if let Some(bound) = bound {
            generics.make_where_clause().predicates.push(bound);
        }
        let (parameters, _, bounds) = generics.split_for_impl();
        (parameters.to_token_stream(), bounds.to_token_stream())
    }
}

/// What the runtime's traits ask of the types that have them.
pub fn owned() -> TokenStream {
    quote!(::core::marker::Send + ::core::marker::Sync + 'static)
}
