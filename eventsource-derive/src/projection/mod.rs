//! `#[derive(Projection)]`, and `#[derive(ProcessManager)]`: a projection whose rows act.

mod events;
mod expand;
mod manner;
mod model;
mod process;
mod row;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::ctxt::Ctxt;
use crate::foreign::{self, Own};
use manner::{Manner, PROJECTED, REACTING};

/// The whole derive of a projection, from tokens to tokens.
pub fn derive(input: TokenStream) -> TokenStream {
    derive_as(input, &PROJECTED)
}

/// That of a process manager.
pub fn derive_process_manager(input: TokenStream) -> TokenStream {
    derive_as(input, &REACTING)
}

fn derive_as(input: TokenStream, manner: &'static Manner) -> TokenStream {
    let mut input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let ctxt = Ctxt::new();
    let others = foreign::refuse(&ctxt, &mut input, Own::new(manner.attribute(), manner.item));
    let projection = model::Projection::parse(&ctxt, &input, manner);
    let failed = ctxt.has_errors();
    let errors = ctxt.finish();
    let code = if failed {
        expand::stand_in(&projection, &input.generics)
    } else {
        let code = expand::expand(&projection);
        let others = foreign::proofs(&projection.ident, &projection.runtime, &others);
        quote::quote!(#code #others)
    };
    quote::quote!(#errors #code)
}
