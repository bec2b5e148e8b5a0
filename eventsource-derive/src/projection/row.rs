//! A read model's fields as columns.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use super::model::{Field, Projection};
use crate::tokens::{first_span, placed, without_self};

/// Picks the column of a field's type and calls this method of it; an error about the type stands at it.
fn of_field(
    projection: &Projection,
    field: &Field,
    method: &str,
    arguments: &TokenStream,
) -> TokenStream {
    let ty = without_self(&field.ty, &projection.ident);
    let span = placed(first_span(&field.ty));
    let method = Ident::new(method, span);
    quote_spanned!(span=> (&&&__es::columns::Field::<#ty>::NEW).#method(#arguments))
}

/// The columns, in order.
pub fn columns(projection: &Projection) -> TokenStream {
    let columns = projection.fields.iter().map(|field| {
        let name = &field.column;
        let column = of_field(projection, field, "column", &quote!(#name));
        let key = field.key.then(|| quote!(.key(true)));
        let index = field.index.then(|| quote!(.index(true)));
        let unique = field.unique.then(|| quote!(.unique(true)));
        quote!(#column #key #index #unique)
    });
    quote!(::std::vec![#(#columns),*])
}

/// The body of `to_row`.
pub fn to_row(projection: &Projection) -> TokenStream {
    let values = projection.fields.iter().map(|field| {
        let (ident, name) = (&field.ident, &field.column);
        let value = of_field(projection, field, "write", &quote!(#name, &self.#ident));
        quote!(#value?)
    });
    quote!(::core::result::Result::Ok(::std::vec![#(#values),*]))
}

/// The body of `from_row`.
pub fn from_row(projection: &Projection) -> TokenStream {
    let fields = projection.fields.iter().map(|field| {
        let (ident, name) = (&field.ident, &field.column);
        let value = of_field(
            projection,
            field,
            "read",
            &quote!(#name, values.next(#name)?),
        );
        quote!(#ident: #value?)
    });
    quote! {
        let mut values = __es::columns::Values::new(row);
        ::core::result::Result::Ok(Self { #(#fields),* })
    }
}

/// The body of `begin`.
pub fn begin(projection: &Projection) -> TokenStream {
    let row = &projection.ident;
    let Some(field) = projection.key() else {
        return quote! {
            let _ = key;
            ::core::result::Result::Ok(<#row as __es::Begins>::begin())
        };
    };
    let (ident, name) = (&field.ident, &field.column);
    let value = of_field(projection, field, "read", &quote!(#name, key));
    quote! {
        let mut row = <#row as __es::Begins>::begin();
        row.#ident = #value?;
        ::core::result::Result::Ok(row)
    }
}

/// The body of `key_value`.
pub fn key_value(projection: &Projection) -> TokenStream {
    let Some(field) = projection.key() else {
        return quote! {
            let () = key;
            ::core::result::Result::Ok(__es::Value::Null)
        };
    };
    let name = &field.column;
    of_field(projection, field, "write", &quote!(#name, key))
}
