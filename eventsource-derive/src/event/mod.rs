//! `#[derive(Event)]`.

mod check;
mod decode;
mod encode;
mod expand;
mod family;
mod field;
mod model;
mod name_clash;
mod older;
mod parse;
mod shape;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::ctxt::Ctxt;
use crate::foreign::{self, Own};

pub use check::{field_rules, opaque_shape, unaccounted, versions_are_known};
pub use decode::{Writer, decoder_or};
pub use family::FieldTypes;
pub use model::{Event, Examples, Field, Form, Kind, Retirement, Versioned};
pub use parse::refuse_parameter;
pub use shape::{FieldShape, Plan, Shape};

/// The whole derive, from tokens to tokens.
pub fn derive(input: TokenStream) -> TokenStream {
    let mut input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let ctxt = Ctxt::new();
    let others = foreign::refuse(&ctxt, &mut input, Own::new("event", "an event"));
    let event = Event::parse(&ctxt, &input);
    if let Some(event) = &event {
        check::check(&ctxt, event);
    }
    let failed = ctxt.has_errors();
    let errors = ctxt.finish();
    match event {
        Some(event) if !failed => {
            let mut code = expand::expand(&event);
            code.extend(foreign::proofs(&event.ident, &event.runtime, &others));
            code
        }
        _ => {
            let stand_in = expand::stand_in(&input);
            quote::quote!(#errors #stand_in)
        }
    }
}
