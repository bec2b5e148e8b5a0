//! `#[derive(Command)]`.

mod check;
mod decode;
mod expand;
mod model;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::ctxt::Ctxt;
use crate::foreign::{self, Own};

/// The whole derive, from tokens to tokens.
pub fn derive(input: TokenStream) -> TokenStream {
    let mut input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let ctxt = Ctxt::new();
    let others = foreign::refuse(&ctxt, &mut input, Own::new("command", "a command"));
    let command = model::Command::parse(&ctxt, &input);
    check::check(&ctxt, &command);
    let failed = ctxt.has_errors();
    let errors = ctxt.finish();
    let code = if failed {
        expand::stand_in(&command, &input.generics)
    } else {
        let code = expand::expand(&command);
        let others = foreign::proofs(&command.ident, &command.runtime, &others);
        quote::quote!(#code #others)
    };
    quote::quote!(#errors #code)
}
