//! What an aggregate's list of commands expands to: the proof that each is handled, and the enum of them.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::model::Aggregate;
use crate::list::last_segment;
use crate::naming::unraw;
use crate::serde_attr;
use crate::tokens::{first_span, generated, placed};

/// A proof that each listed command is handled, and listed once, at its place in the list.
pub fn proofs(aggregate: &Aggregate) -> TokenStream {
    let ident = &aggregate.ident;
    let commands = aggregate.command_aliases();
    if commands.is_empty() {
        return TokenStream::new();
    }
    // A command that is listed under two names is two such impls, and the trait's name says so where the second stands.
    let listed = commands
        .iter()
        .zip(&aggregate.commands)
        .map(|(command, ty)| {
            let (listed, list) = match (&aggregate.command_enum, last_segment(ty)) {
                (Some(name), Some(variant)) => {
                    let variant = generated(&variant, name);
                    (quote!(#name), quote!(#name::#variant(command)))
                }
                _ => (quote!(#ty), quote!(command)),
            };
            quote_spanned! {placed(command.span())=>
                #[automatically_derived]
                impl __es::ListsEachCommandOnce<#ty> for #ident {
                    type As = #listed;

                    fn list(command: #ty) -> Self::As {
                        #list
                    }
                }
            }
        });
    quote! {
        #(#listed)*

        const _: () = {
            #(let _ = <#commands as __es::HandledBy<#ident>>::handle_by;)*
        };
    }
}

/// The enum of the listed commands, where one is asked for.
pub fn command_enum(aggregate: &Aggregate) -> TokenStream {
    let Some(name) = &aggregate.command_enum else {
        return TokenStream::new();
    };
    let (vis, ident) = (&aggregate.vis, unraw(&aggregate.ident));
    let doc = format!(
        "The commands that [`{ident}`] handles: those of its `commands(…)`, each under its name."
    );
    let variants = aggregate.commands.iter().filter_map(|ty| {
        let variant = generated(&last_segment(ty)?, name);
        let doc = format!("[`{}`].", crate::tokens::written(ty));
        Some(quote!(#[doc = #doc] #variant(#ty)))
    });
    quote_spanned! {placed(name.span())=>
        #[doc = #doc]
        #[derive(Clone)]
        #[allow(deprecated, non_camel_case_types, clippy::large_enum_variant)]
        #vis enum #name { #(#variants),* }
    }
}

/// The traits of that enum: it can be deserialized, and executed.
pub fn command_enum_impls(aggregate: &Aggregate) -> TokenStream {
    let Some(name) = &aggregate.command_enum else {
        return TokenStream::new();
    };
    let ident = &aggregate.ident;
    let commands = aggregate.command_aliases();
    let variants = aggregate.commands.iter().filter_map(last_segment);
    let variants: Vec<_> = variants.map(|variant| generated(&variant, name)).collect();
    let names: Vec<_> = variants.iter().map(unraw).collect();
    let rust_name = unraw(name);
    // What cannot be the id or the error is reported where it stands.
    let place = |ty: &Option<syn::Type>| ty.as_ref().map_or_else(Span::call_site, first_span);
    let (id, error) = (
        placed(place(&aggregate.id)),
        placed(place(&aggregate.error)),
    );
    let asked: Vec<_> = commands
        .iter()
        .map(|command| quote_spanned!(placed(command.span())=> __es::read_by_name::<#command>()))
        .collect();
    let read: Vec<_> = commands
        .iter()
        .map(|command| quote_spanned!(placed(command.span())=> for<'__command> #command: __es::ReadByName<'__command>))
        .collect();
    let serde = quote!(#(#read),*);
    let bound = serde_attr::bound("deserialize", &serde, placed(name.span()));
    let of_id = quote_spanned!(id=> __es::Command::id(command));
    let id = quote_spanned!(id=> &<#ident as __es::Aggregate>::Id);
    let handled = quote_spanned!(error=> __es::HandledBy::handle_by(command, self, context));
    let decision = quote_spanned!(error=> __es::Decision<Self>);
    // What clashes with another item of the name is reported at the name.
    quote_spanned! {placed(name.span())=>
        // From each: as one, so that a type which is listed under two names is reported once. The enum itself is no `SingleCommand`, which
        // keeps this from what std has of every type, even where a listed type is not there.
        #[automatically_derived]
        impl<__Listed: __es::SingleCommand> ::core::convert::From<__Listed> for #name
        where
            #ident: __es::ListsEachCommandOnce<__Listed, As = #name>,
        {
            fn from(command: __Listed) -> Self {
                <#ident as __es::ListsEachCommandOnce<__Listed>>::list(command)
            }
        }

        // Asked once of each, and taken for granted by what serde generates.
        const _: fn() = || { #(#asked;)* };

        #[derive(__serde::Deserialize)]
        #[serde(crate = "__serde", remote = #rust_name #bound)]
        enum __Command { #(#[serde(rename = #names)] #variants(#commands)),* }

        #[automatically_derived]
        impl<'de> __serde::Deserialize<'de> for #name
        where
            #serde
        {
            fn deserialize<__D: __serde::Deserializer<'de>>(
                deserializer: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                __Command::deserialize(deserializer)
            }
        }

        #[automatically_derived]
        impl __es::Command for #name {
            type Aggregate = #ident;

            const DESCRIPTOR: &'static __es::CommandDescriptor = &__es::CommandDescriptor {
                rust_name: #rust_name,
                name: ::core::option::Option::None,
                version: 1,
                schema: ::core::option::Option::None,
                aggregate: <#ident as __es::Aggregate>::NAME,
                kinds: &[],
                file: ::core::file!(),
                line: ::core::line!(),
                docs: "",
            };

            fn id(&self) -> #id {
                match self { #(Self::#variants(command) => #of_id,)* }
            }

            fn existence(&self) -> __es::Existence {
                match self { #(Self::#variants(command) => __es::Command::existence(command),)* }
            }

            fn name(&self) -> &'static ::core::primitive::str {
                match self { #(Self::#variants(command) => __es::Command::name(command),)* }
            }

            fn content(&self) -> ::core::option::Option<::std::vec::Vec<::core::primitive::u8>> {
                match self { #(Self::#variants(command) => __es::Command::content(command),)* }
            }
        }

        #[automatically_derived]
        impl __es::Handle<#name> for #ident {
            fn handle(&self, command: #name, context: &__es::Context<'_, Self>) -> #decision {
                match command {
                    #(#name::#variants(command) => #handled,)*
                }
            }
        }
    }
}
