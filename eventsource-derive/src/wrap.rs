//! What stands around all generated code.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

/// Puts generated items into a nameless constant, where `__es` is the runtime's private module and `__serde` is serde.
///
/// Lints that the user turns on for their own code do not apply to code that they did not write.
pub fn wrap(runtime: &Path, items: &TokenStream) -> TokenStream {
    quote! {
        #[doc(hidden)]
        #[allow(
            deprecated, private_interfaces, unused_qualifications, unused_imports, non_camel_case_types, non_snake_case,
            unused_results, clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction
        )]
        const _: () = {
            #[allow(unused_extern_crates, clippy::useless_attribute)]
            use #runtime::__private as __es;
            use __es::serde as __serde;
            #items
        };
    }
}
