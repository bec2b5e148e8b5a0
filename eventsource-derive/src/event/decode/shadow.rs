//! Older shapes: a shadow struct for each, and the fields of today from those of the shadow.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Index, Member};

use super::Writer;
use crate::event::model::{Conversion, Field, Form};
use crate::event::shape::{FieldShape, Shape};
use crate::serde_attr;
use crate::tokens::{expression, first_span, placed, respanned};

impl Writer<'_> {
    /// A struct with the fields of an older shape.
    pub(super) fn shadow(&self, name: &Ident, shape: &Shape) -> TokenStream {
        let attributes = if self.event.family {
            serde_attr::variant(&self.kind.serde, &self.event.serde)
        } else {
            serde_attr::container(&self.event.serde)
        };
        let Some(fields) = self.fields(shape) else {
            return TokenStream::new();
        };
        let end = (self.kind.form == Form::Tuple).then(|| quote!(;));
        let default = self.shadow_default(name, shape);
        // What serde's derive says of a field, and cannot place at it, is placed at the struct's or variant's name.
        let place = placed(self.kind.ident.span());
        let derive = quote_spanned!(place=> #[derive(__serde::Deserialize)]);
        let bound = serde_attr::bound("deserialize", &self.bounds_of(shape), Span::call_site());
        quote! {
            #derive
            #[serde(crate = "__serde" #bound)]
            #attributes
            struct #name #fields #end
            #default
        }
    }

    /// The fields of an older shape, in their braces or parentheses; `None` for a tuple that had none.
    pub fn fields(&self, shape: &Shape) -> Option<TokenStream> {
        let mut fields = Vec::new();
        for (field, was) in self.kind.fields.iter().zip(&shape.0) {
            let (old_name, old_type) = match was {
                FieldShape::Absent => continue,
                FieldShape::Same => (None, None),
                FieldShape::Was(which) => {
                    let was = &field.was[*which];
                    (was.name.as_deref(), was.ty.as_ref())
                }
            };
            let attributes = serde_attr::field(&field.serde, old_name, old_type.is_some());
            let ty = self.ty(old_type.unwrap_or(&field.ty));
            let name = field.ident.as_ref().map(|ident| quote!(#ident:));
            fields.push(quote!(#attributes #name #ty));
        }
        match (self.kind.form, fields.is_empty()) {
            (Form::Tuple, true) => None,
            (Form::Tuple, false) => Some(quote!((#(#fields),*))),
            _ => Some(quote!({ #(#fields),* })),
        }
    }

    /// A container's `#[serde(default)]` fills what is missing from the event's own default: the shadow's default is made of it.
    fn shadow_default(&self, name: &Ident, shape: &Shape) -> TokenStream {
        let default = if self.event.family {
            None
        } else {
            serde_attr::default(&self.event.serde)
        };
        let Some(default) = default else {
            return TokenStream::new();
        };
        let ident = &self.event.ident;
        let new = match default {
            serde_attr::Default::Trait => quote!(<#ident as ::core::default::Default>::default()),
            serde_attr::Default::Function(path) => quote!(#path()),
        };
        let mut values = Vec::new();
        for (at, (field, was)) in self.kind.fields.iter().zip(&shape.0).enumerate() {
            let value = match was {
                FieldShape::Absent => continue,
                FieldShape::Was(which) => field.was[*which].ty.as_ref(),
                FieldShape::Same => None,
            };
            let member = field
                .ident
                .clone()
                .map_or_else(|| Member::from(at), Member::Named);
            let value = value.map_or_else(
                || quote!(__new.#member),
                |older| {
                    let span = placed(first_span(older));
                    let older = self.ty(older);
                    quote_spanned!(span=> <#older as __es::MissingThen>::missing_then())
                },
            );
            let name = field.ident.as_ref().map(|ident| quote!(#ident:));
            values.push(quote!(#name #value));
        }
        let built = if self.kind.form == Form::Tuple {
            quote!(Self(#(#values),*))
        } else {
            quote!(Self { #(#values),* })
        };
        quote! {
            impl ::core::default::Default for #name {
                fn default() -> Self {
                    let __new: #ident = #new;
                    #built
                }
            }
        }
    }

    /// The fields of today, each with its value, from those of an older shape. `old` is asked for the older field at this place.
    pub fn values(&self, shape: &Shape, old: impl Fn(Member) -> TokenStream) -> TokenStream {
        let mut values = TokenStream::new();
        let mut present = 0_u32;
        for (at, (field, was)) in self.kind.fields.iter().zip(&shape.0).enumerate() {
            let member = |at: u32| {
                let index = || {
                    Member::Unnamed(Index {
                        index: at,
                        span: Span::call_site(),
                    })
                };
                field.ident.clone().map_or_else(index, Member::Named)
            };
            let before = old(member(present));
            present += u32::from(*was != FieldShape::Absent);
            let value = self.field(at, field, *was, &before);
            let name = field
                .ident
                .clone()
                .map_or_else(|| Member::from(at), Member::Named);
            values.extend(quote!(#name: #value,));
        }
        values
    }

    /// A field of today, from what it was.
    fn field(&self, at: usize, field: &Field, was: FieldShape, old: &TokenStream) -> TokenStream {
        let ty = self.ty(&field.ty);
        match was {
            FieldShape::Same => old.clone(),
            FieldShape::Absent => {
                let default = field
                    .since
                    .as_ref()
                    .and_then(|since| since.default.as_ref());
                default.map_or_else(|| quote!(<#ty as __es::Missing>::missing()), expression)
            }
            FieldShape::Was(which) => {
                let was = &field.was[which];
                let label = field.label(at);
                match (&was.by, &was.ty) {
                    (Conversion::With(function), _) => {
                        let span = placed(first_span(function));
                        let (function, old) = (expression(function), respanned(old, span));
                        quote_spanned!(span=> <_ as __es::Becomes<#ty>>::becomes((#function)(#old)))
                    }
                    (Conversion::TryWith(function), _) => {
                        let span = placed(first_span(function));
                        let (function, old) = (expression(function), respanned(old, span));
                        quote_spanned! {span=>
                            <_ as __es::TryBecomes<#ty>>::becomes((#function)(#old), __stored, #label)?
                        }
                    }
                    (Conversion::From, Some(older)) => {
                        let older = self.ty(older);
                        quote!(<#older as __es::decoding::FieldInto<#ty>>::field_into(#old))
                    }
                    (Conversion::From, None) => old.clone(),
                }
            }
        }
    }
}
