//! The implementations that a projection gets, and a process manager, which is one.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Generics, parse_quote};

use super::model::Projection;
use super::{events, process, row};
use crate::naming::unraw;
use crate::standing::{Standing, owned};
use crate::tokens::placed;
use crate::wrap::wrap;

pub fn expand(projection: &Projection) -> TokenStream {
    let ident = &projection.ident;
    let (name, version, rust_name) = (
        &projection.name,
        u32::from(projection.version),
        unraw(ident),
    );
    let key = key_type(projection);
    let consistency = if projection.immediate {
        quote!(__es::Consistency::Immediate)
    } else {
        quote!(__es::Consistency::Eventual)
    };
    let aliases = events::aliases(projection);
    let (input, takings) = (events::input(projection), events::takings(projection));
    let (chain, keys, fold) = (
        events::chain(projection),
        events::keys(projection),
        events::fold(projection),
    );
    let descriptors = events::descriptors(projection);
    let (columns, to_row, from_row) = (
        row::columns(projection),
        row::to_row(projection),
        row::from_row(projection),
    );
    let (begin, key_value) = (row::begin(projection), row::key_value(projection));
    let (acts, process) = match &projection.process {
        Some(acts) => (
            process::expand(projection, acts),
            quote!(::core::option::Option::Some(&__PROCESS)),
        ),
        None => (TokenStream::new(), quote!(::core::option::Option::None)),
    };
    let items = quote! {
        use __es::columns::{Json as _, Native as _, NotKept as _, NullableJson as _};

        #aliases
        #input
        #takings

        fn __columns() -> ::std::vec::Vec<__es::ColumnSpec> {
            #columns
        }
    };
    let docs = &projection.docs;
    let implementation = quote_spanned! {placed(ident.span())=>
        static __DESCRIPTOR: __es::ProjectionDescriptor = __es::ProjectionDescriptor {
            name: #name,
            version: #version,
            rust_name: #rust_name,
            file: ::core::file!(),
            line: ::core::line!(),
            events: #descriptors,
            columns: __columns,
            consistency: #consistency,
            batch: __es::batch::<#ident>,
            docs: #docs,
            process: #process,
        };

        #[automatically_derived]
        impl __es::Projection for #ident {
            type Key = #key;
            type Input = __Input;

            const DESCRIPTOR: &'static __es::ProjectionDescriptor = &__DESCRIPTOR;

            #[inline]
            fn read(
                stored: &__es::Stored<'_>,
                inputs: &mut ::std::vec::Vec<__Input>,
            ) -> ::core::result::Result<::core::primitive::bool, __es::DecodeError> {
                #chain
            }

            fn keys(
                __input: &__Input,
                __context: &__es::EventContext<'_>,
                __keys: &mut ::std::vec::Vec<__es::Value>,
            ) -> ::core::result::Result<(), __es::RowError> {
                #keys
            }

            #[inline]
            fn fold(&mut self, input: &__Input, context: &__es::EventContext<'_>) {
                #fold
            }

            fn key_value(key: &Self::Key) -> ::core::result::Result<__es::Value, __es::RowError> {
                #key_value
            }

            fn begin(key: __es::Value) -> ::core::result::Result<Self, __es::RowError> {
                #begin
            }

            fn to_row(&self) -> ::core::result::Result<__es::Row, __es::RowError> {
                #to_row
            }

            fn from_row(row: __es::Row) -> ::core::result::Result<Self, __es::RowError> {
                #from_row
            }
        }

        __es::inventory::submit! {
            __es::Registration::Projection(&__DESCRIPTOR)
        }
    };
    wrap(&projection.runtime, &quote!(#items #implementation #acts))
}

fn key_type(projection: &Projection) -> TokenStream {
    projection.key().filter(|_| !projection.global).map_or_else(
        || quote!(()),
        |field| {
            let ty = &field.ty;
            quote!(#ty)
        },
    )
}

/// What stands in for a projection with mistakes, so that they are the only errors.
pub fn stand_in(projection: &Projection, generics: &Generics) -> TokenStream {
    let ident = &projection.ident;
    let key = key_type(projection);
    let owned = owned();
    let mut generics = generics.clone();
    if !generics.params.is_empty() {
        let keyed = parse_quote!(#key: #owned);
        generics.make_where_clause().predicates.push(keyed);
    }
    let standing = Standing::of(ident, &generics, &owned);
    let (parameters, ty, bounds) = (&standing.parameters, &standing.ty, &standing.bounds);
    let (name, rust_name) = (&projection.name, unraw(ident));
    let items = quote_spanned! {placed(ident.span())=>
        #[diagnostic::do_not_recommend]
        impl #parameters __es::Projection for #ty #bounds {
            type Key = #key;
            type Input = ();

            const DESCRIPTOR: &'static __es::ProjectionDescriptor = &__es::ProjectionDescriptor {
                name: #name,
                version: 1,
                rust_name: #rust_name,
                file: "",
                line: 0,
                events: &[],
                columns: ::std::vec::Vec::new,
                consistency: __es::Consistency::Eventual,
                batch: __es::batch::<Self>,
                docs: "",
                process: ::core::option::Option::None,
            };

            fn read(
                _: &__es::Stored<'_>,
                _: &mut ::std::vec::Vec<()>,
            ) -> ::core::result::Result<::core::primitive::bool, __es::DecodeError> {
                ::core::result::Result::Ok(false)
            }

            fn keys(
                _: &(),
                _: &__es::EventContext<'_>,
                _: &mut ::std::vec::Vec<__es::Value>,
            ) -> ::core::result::Result<(), __es::RowError> {
                ::core::result::Result::Ok(())
            }

            fn fold(&mut self, _: &(), _: &__es::EventContext<'_>) {}

            fn key_value(_: &Self::Key) -> ::core::result::Result<__es::Value, __es::RowError> {
                ::core::result::Result::Ok(__es::Value::Null)
            }

            fn begin(_: __es::Value) -> ::core::result::Result<Self, __es::RowError> {
                loop {}
            }

            fn to_row(&self) -> ::core::result::Result<__es::Row, __es::RowError> {
                ::core::result::Result::Ok(::std::vec::Vec::new())
            }

            fn from_row(_: __es::Row) -> ::core::result::Result<Self, __es::RowError> {
                loop {}
            }
        }
    };
    let acts = projection
        .process
        .as_ref()
        .map(|_| process::stand_in(&standing, ident.span()));
    wrap(&projection.runtime, &quote!(#items #acts))
}
