//! `#[derive(Aggregate)]`.

mod commands;
mod events;
mod expand;
mod model;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::ctxt::Ctxt;

/// The whole derive, from tokens to tokens.
pub fn derive(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let ctxt = Ctxt::new();
    let aggregate = model::Aggregate::parse(&ctxt, &input);
    let failed = ctxt.has_errors();
    let errors = ctxt.finish();
    let code = match (&aggregate, failed) {
        (Some(aggregate), false) => expand::expand(aggregate),
        (Some(aggregate), true) => expand::stand_in(aggregate, !input.generics.params.is_empty()),
        (None, _) => TokenStream::new(),
    };
    quote::quote!(#errors #code)
}
