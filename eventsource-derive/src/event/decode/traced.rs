//! The shape of each version, and the examples of its fields.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Member;

use super::{PAYLOAD, READABLE, Writer};
use crate::event::model::{Form, Retirement, UpcastBy};
use crate::event::shape::{FieldShape, Plan, Shape};
use crate::serde_attr;
use crate::tokens::{expression, first_span, placed};

impl Writer<'_> {
    /// An expression of the shape that is read as planned, and the items that it needs.
    pub(super) fn traced(&self, plan: Plan) -> (TokenStream, TokenStream) {
        let unit = quote!(__es::Shape::unit());
        let of = |ty: &TokenStream, by: &str, shape: &Shape, name: &str| {
            let by = Ident::new(by, Span::call_site());
            let (examples, items) = self.examples(shape, name);
            let shape = if examples.is_empty() {
                let bounds = self.bounds_of(shape);
                if bounds.is_empty() {
                    quote!(<#ty as __es::#by>::shape())
                } else {
                    quote! {{
                        use __es::decoding::{OtherFields as _, SerdeFields as _};
                        (&__es::decoding::Fields::<#ty>::NEW).shape()
                    }}
                }
            } else {
                quote!(__es::Examples::new() #examples .shape::<#ty>())
            };
            (shape, items)
        };
        let readable = |ty: &TokenStream| quote!(<#ty as __es::Readable>::shape());
        match plan {
            Plan::Value(_) => (quote!(__es::Shape::untyped()), TokenStream::new()),
            Plan::Typed(at) => match &self.kind.upcasts[at].by {
                UpcastBy::Type(ty) => (readable(&self.ty(ty)), TokenStream::new()),
                UpcastBy::Value(_) => (quote!(__es::Shape::untyped()), TokenStream::new()),
            },
            Plan::Shape(at) => {
                let shape = &self.plans.shapes[at];
                let absent = shape.0.iter().all(|field| *field == FieldShape::Absent);
                if absent && self.kind.form == Form::Tuple {
                    return (unit, TokenStream::new());
                }
                let shadow = self.shape_ident(at);
                of(&quote!(#shadow), READABLE, shape, &at.to_string())
            }
            Plan::Current if self.kind.form == Form::Unit => (unit, TokenStream::new()),
            Plan::Current if !self.event.family => {
                let written = matches!(self.kind.retirement, Retirement::Current);
                let constructor = self.constructor();
                let by = if written { PAYLOAD } else { READABLE };
                of(&quote!(#constructor), by, &self.same(), "")
            }
            Plan::Current => {
                if let Some(only) = self.only_field() {
                    return of(&self.ty(&only.ty), READABLE, &self.same(), "");
                }
                let shadow = self.current_ident();
                of(&quote!(#shadow), READABLE, &self.same(), "")
            }
        }
    }

    /// The examples of the fields that are of their type of today in a shape, as calls behind an `Examples`; and a struct for each of these
    /// fields, in which serde writes it as the event has it, name and all.
    fn examples(&self, shape: &Shape, of: &str) -> (TokenStream, TokenStream) {
        let (mut calls, mut items) = (TokenStream::new(), TokenStream::new());
        let present = shape.0.iter().filter(|was| **was != FieldShape::Absent);
        let alone = self.kind.form == Form::Tuple && present.count() == 1;
        let mut position = 0_usize;
        for (at, (field, was)) in self.kind.fields.iter().zip(&shape.0).enumerate() {
            let is_today = match was {
                FieldShape::Absent => continue,
                FieldShape::Same => true,
                FieldShape::Was(which) => field.was[*which].ty.is_none(),
            };
            let (call, place) = match self.kind.form {
                Form::Tuple if alone => (quote!(alone), None),
                Form::Tuple => (quote!(at), Some(quote!(#position,))),
                _ => (quote!(field), None),
            };
            position += 1;
            if field.examples.is_empty() || !is_today {
                continue;
            }
            let only = shape.0.iter().enumerate();
            let only = only.map(|(it, was)| if it == at { *was } else { FieldShape::Absent });
            let Some(fields) = self.fields(&Shape(only.collect())) else {
                continue;
            };
            let name = format_ident!("__Example{}_{of}_{at}", self.at);
            let end = (self.kind.form == Form::Tuple).then(|| quote!(;));
            let renamed = serde_attr::renamed(&self.kind.serde, &self.event.serde);
            items.extend(quote! {
                #[derive(__serde::Serialize)]
                #[serde(crate = "__serde")]
                #renamed
                struct #name #fields #end
            });
            let ty = self.ty(&field.ty);
            let member = field
                .ident
                .clone()
                .map_or_else(|| Member::from(0), Member::Named);
            let values = field.examples.values.iter().map(|value| {
                let span = placed(first_span(value));
                let value = expression(value);
                quote_spanned!(span=> { let __value: #ty = #value; __value })
            });
            let written = quote!(|__value: #ty| #name { #member: __value });
            if !field.examples.values.is_empty() {
                calls
                    .extend(quote!(.#call(#place ::std::vec::Vec::from([#(#values),*]), #written)));
            }
            if field.examples.schemars {
                calls.extend(
                    quote!(.#call(#place <#ty as __es::DescribedBySchema>::values(), #written)),
                );
            }
        }
        (calls, items)
    }
}
