//! `#[derive(Aggregate)]`.

mod commands;
mod events;
mod expand;
mod model;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::ctxt::Ctxt;
use crate::foreign::{self, Own};

const OWN: Own = Own {
    attribute: "aggregate",
    item: "an aggregate",
    inside: "its fields and variants have no keys, take it away",
};

/// The whole derive, from tokens to tokens.
pub fn derive(input: TokenStream) -> TokenStream {
    let mut input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let ctxt = Ctxt::new();
    let others = foreign::refuse(&ctxt, &mut input, OWN);
    let aggregate = model::Aggregate::parse(&ctxt, &input);
    let failed = ctxt.has_errors();
    let errors = ctxt.finish();
    let code = if failed {
        expand::stand_in(&aggregate, &input.generics)
    } else {
        let code = expand::expand(&aggregate);
        let others = foreign::proofs(&aggregate.ident, &aggregate.runtime, &others);
        quote::quote!(#code #others)
    };
    quote::quote!(#errors #code)
}
