//! Upcasts of whole payloads: as values, by functions, and as types, by conversions.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Type;

use super::{Source, Writer};
use crate::event::model::UpcastBy;
use crate::event::shape::Plan;
use crate::tokens::{expression, first_span, placed};

impl Writer<'_> {
    /// Value upcasts that follow upon each other, and what they lead to.
    pub(super) fn value_run(&self, from: u16, to: u16) -> TokenStream {
        let steps = (from..=to).filter_map(|version| {
            let Plan::Value(at) = self.plans.of_version(version) else {
                return None;
            };
            let UpcastBy::Value(function) = &self.kind.upcasts[at].by else {
                return None;
            };
            let span = placed(first_span(function));
            let function = expression(function);
            let call = quote_spanned! {span=>
                let __upcaster: __es::decoding::Upcaster = #function;
                let __value = __es::decoding::upcast(__stored, __upcaster(__value))?;
            };
            Some(if from == to {
                call
            } else {
                quote!(let __value = if __stored.version <= #version { #call __value } else { __value };)
            })
        });
        let land = self.read(self.plans.of_version(to + 1), Source::Value);
        quote! {{
            let __value = __es::decoding::json::<__es::Json>(__stored)?;
            #(#steps)*
            #land
        }}
    }

    /// A function for each typed upcast: from its type to the next typed version, or to the event.
    pub(super) fn typed_steps(&self) -> TokenStream {
        let mut typed: Vec<(usize, &Type)> = self
            .kind
            .upcasts
            .iter()
            .enumerate()
            .filter_map(|(at, upcast)| match &upcast.by {
                UpcastBy::Type(ty) => Some((at, &**ty)),
                UpcastBy::Value(_) => None,
            })
            .collect();
        typed.sort_by_key(|(at, _)| self.kind.upcasts[*at].from);
        let event = &self.event.ident;
        let mut steps = TokenStream::new();
        for (index, (at, ty)) in typed.iter().enumerate() {
            let name = self.step_ident(*at);
            let old = self.ty(ty);
            let next = typed.get(index + 1);
            let target = next.map_or_else(|| quote!(#event), |(_, next)| self.ty(next));
            let converted = quote! {
                __es::decoding::step(__stored, <#old as __es::decoding::UpcastInto<#target>>::upcast_into(old))
            };
            let body = next.map_or_else(
                || converted.clone(),
                |(next, _)| {
                    let next = self.step_ident(*next);
                    quote!(#next(__stored, #converted?))
                },
            );
            steps.extend(quote! {
                fn #name(__stored: &__es::Stored<'_>, old: #old) -> ::core::result::Result<#event, __es::DecodeError> {
                    #body
                }
            });
        }
        steps
    }
}
