//! From the event to stored bytes.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::family::{FieldTypes, is_written};
use super::model::{Event, Form, Retirement};
use crate::serde_attr;
use crate::tokens::{placed, without_self};

/// The items that encoding needs, and the body of `encode`.
pub fn encoder(event: &Event, types: &FieldTypes) -> (TokenStream, TokenStream) {
    if event.family {
        family(event, types)
    } else {
        (TokenStream::new(), of_struct(event))
    }
}

fn of_struct(event: &Event) -> TokenStream {
    let kind = event.kinds.first();
    match kind.map(|kind| (&kind.retirement, kind.form)) {
        Some((Retirement::Current, Form::Unit)) => quote!(__es::encoding::unit(payload)),
        Some((Retirement::Current, _)) => {
            let ident = &event.ident;
            quote!(<#ident as __es::Payload>::write(self, __es::Encode::event_type(self), payload))
        }
        _ => quote!(__es::encoding::retired(__es::Encode::event_type(self))),
    }
}

fn family(event: &Event, types: &FieldTypes) -> (TokenStream, TokenStream) {
    let mut arms = TokenStream::new();
    for kind in event.kinds.iter().filter(|kind| !is_written(kind)) {
        let variant = &kind.ident;
        arms.extend(if matches!(kind.retirement, Retirement::Current) {
            quote!(Self::#variant { .. } => __es::encoding::unit(payload),)
        } else {
            quote!(Self::#variant { .. } => __es::encoding::retired(__es::Encode::event_type(self)),)
        });
    }
    if !event.kinds.iter().any(is_written) {
        return (TokenStream::new(), quote!(match self { #arms }));
    }
    let body = quote! {
        match self {
            #arms
            _ => {
                use __es::decoding::{OtherFamily as _, SerdeFamily as _};
                (&__Written(self)).write(__es::Encode::event_type(self), payload)
            }
        }
    };
    (shadow(event, types), body)
}

/// The enum as serde is to see it: each variant its fields alone. A shadow with references to the fields would break the user's generic
/// `serialize_with`; serde's `remote` does not.
fn shadow(event: &Event, types: &FieldTypes) -> TokenStream {
    let remote = event.ident.to_string();
    let variants = event.kinds.iter().map(|kind| {
        let ident = &kind.ident;
        let attributes = if is_written(kind) {
            serde_attr::variant(&kind.serde, &event.serde)
        } else {
            quote!(#[serde(skip)])
        };
        let fields = kind.fields.iter().map(|field| {
            let attributes = if is_written(kind) {
                serde_attr::field(&field.serde, None, false)
            } else {
                TokenStream::new()
            };
            let ty = without_self(&field.ty, &event.ident);
            let name = field.ident.as_ref().map(|ident| quote!(#ident:));
            quote!(#attributes #name #ty)
        });
        match kind.form {
            Form::Named => quote!(#attributes #ident { #(#fields),* }),
            Form::Tuple => quote!(#attributes #ident(#(#fields),*)),
            Form::Unit => quote!(#attributes #ident),
        }
    });
    let ident = &event.ident;
    let bounds = types.bounds();
    let bound = serde_attr::bound("serialize", &bounds, Span::call_site());
    // What serde's derive says of a field, and cannot place at it, is placed at the family's name.
    let derive = quote_spanned!(placed(event.ident.span())=> #[derive(__serde::Serialize)]);
    quote! {
        #derive
        #[serde(crate = "__serde", remote = #remote, untagged #bound)]
        enum __Shadow { #(#variants),* }

        struct __Written<'a>(&'a #ident);

        impl __serde::Serialize for __Written<'_> where #bounds {
            fn serialize<__S: __serde::Serializer>(
                &self,
                serializer: __S,
            ) -> ::core::result::Result<__S::Ok, __S::Error> {
                __Shadow::serialize(self.0, serializer)
            }
        }
    }
}
