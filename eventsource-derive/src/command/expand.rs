//! The implementations that a command gets.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Generics;

use super::decode::decode;
use super::model::{Command, Existence, Id, Kind};
use crate::naming::unraw;
use crate::standing::{Standing, owned};
use crate::tokens::{alias, first_span, placed};
use crate::wrap::wrap;

pub fn expand(command: &Command) -> TokenStream {
    let ident = &command.ident;
    let Some(aggregate) = &command.aggregate else {
        return TokenStream::new();
    };
    let alias = alias("Aggregate", 0, aggregate);
    let ids = matched(command, |kind| {
        kind.id
            .as_ref()
            .map(|id| (Some(&id.member), id_expression(command, &alias, id)))
    });
    // What is asked of the aggregate is asked at its own name, in the same words.
    let place = first_span(aggregate);
    let at_place = |delimiter, tokens| {
        let mut group = Group::new(delimiter, tokens);
        group.set_span(place);
        group
    };
    let (parameter, body) = (
        at_place(Delimiter::Parenthesis, quote!(&self)),
        at_place(Delimiter::Brace, ids),
    );
    let id = quote_spanned!(place=> fn id #parameter -> &<#alias as __es::Aggregate>::Id #body);
    let existences = matched(command, |kind| Some((None, existence(kind.existence))));
    let names = matched(command, |kind| {
        let name = stored_name(command, kind);
        Some((None, quote!(#name)))
    });
    let kinds = command.kinds.iter().map(|kind| {
        let (name, existence) = (unraw(&kind.ident), existence(kind.existence));
        let docs = &kind.payload.docs;
        quote!(__es::CommandKind { name: #name, existence: #existence, docs: #docs })
    });
    let (rust_name, version, docs) = (unraw(ident), command.version, &command.docs);
    let (decode_items, decode) = decode(command);
    let schema = if command.name.is_some() {
        quote!(::core::option::Option::Some(__es::CommandSchema::of::<#ident>()))
    } else {
        quote!(::core::option::Option::None)
    };
    let outgoing = command.name.is_some().then(|| {
        quote! {
            #[automatically_derived]
            impl __es::Outgoing for #ident where for<'__a> &'__a #ident: __es::KeptAsJson<#ident> {}
        }
    });
    let name = option(command.name.as_ref());
    let items = quote_spanned! {placed(ident.span())=>
        #decode_items

        static __DESCRIPTOR: __es::CommandDescriptor = __es::CommandDescriptor {
            rust_name: #rust_name,
            name: #name,
            version: #version,
            schema: #schema,
            aggregate: <#alias as __es::Aggregate>::NAME,
            kinds: &[#(#kinds),*],
            file: ::core::file!(),
            line: ::core::line!(),
            docs: #docs,
        };

        #[automatically_derived]
        impl __es::Command for #ident {
            type Aggregate = #alias;

            const DESCRIPTOR: &'static __es::CommandDescriptor = &__DESCRIPTOR;

            #id

            fn existence(&self) -> __es::Existence {
                #existences
            }

            fn name(&self) -> &'static ::core::primitive::str {
                #names
            }

            fn content(&self) -> ::core::option::Option<::std::vec::Vec<::core::primitive::u8>> {
                use __es::{NoContent as _, SerdeContent as _};
                (&__es::Content(self)).content()
            }

            #decode
        }

        #outgoing

        #[automatically_derived]
        impl __es::SingleCommand for #ident {}

        __es::inventory::submit! {
            __es::Registration::Command(&__DESCRIPTOR)
        }
    };
    let decided_by = quote!(type #alias = <#aggregate as __es::Decides>::Aggregate;);
    wrap(&command.runtime, &quote!(#decided_by #items))
}

/// What stands in for a command with mistakes, so that they are the only errors.
pub fn stand_in(command: &Command, generics: &Generics) -> TokenStream {
    let ident = &command.ident;
    let owned = owned();
    let standing = Standing::of(ident, generics, &quote!(::core::clone::Clone + #owned));
    let (parameters, ty, bounds) = (&standing.parameters, &standing.ty, &standing.bounds);
    let rust_name = unraw(ident);
    let aggregate = command
        .aggregate
        .as_ref()
        .map_or_else(|| quote!(__es::NoAggregate), ToTokens::to_token_stream);
    let handled = command.aggregate.is_none().then(|| {
        quote! {
            #[diagnostic::do_not_recommend]
            impl #parameters __es::Handle<#ty> for __es::NoAggregate #bounds {
                fn handle(&self, _: #ty, _: &__es::Context<'_, Self>) -> __es::Decision<Self> {
                    loop {}
                }
            }
        }
    });
    let items = quote! {
        impl #parameters __es::Outgoing for #ty #bounds {}

        impl #parameters __es::SingleCommand for #ty #bounds {}

        #handled

        impl #parameters __es::Command for #ty #bounds {
            type Aggregate = #aggregate;

            const DESCRIPTOR: &'static __es::CommandDescriptor = &__es::CommandDescriptor {
                rust_name: #rust_name,
                name: ::core::option::Option::None,
                version: 1,
                schema: ::core::option::Option::None,
                aggregate: <#aggregate as __es::Aggregate>::NAME,
                kinds: &[],
                file: "",
                line: 0,
                docs: "",
            };

            fn id(&self) -> &<#aggregate as __es::Aggregate>::Id {
                loop {}
            }

            fn existence(&self) -> __es::Existence {
                __es::Existence::Optional
            }

            fn name(&self) -> &'static ::core::primitive::str {
                #rust_name
            }

            fn content(&self) -> ::core::option::Option<::std::vec::Vec<::core::primitive::u8>> {
                ::core::option::Option::None
            }
        }
    };
    wrap(&command.runtime, &items)
}

/// An expression for each kind; for a family a match, in which the kind's field is bound to `__id`.
fn matched<'a>(
    command: &'a Command,
    expression: impl Fn(&'a Kind) -> Option<(Option<&'a syn::Member>, TokenStream)>,
) -> TokenStream {
    if !command.family {
        let of_struct = command.kinds.first().and_then(expression);
        return of_struct
            .map(|(_, expression)| expression)
            .unwrap_or_default();
    }
    let arms = command.kinds.iter().filter_map(|kind| {
        let variant = &kind.ident;
        let (member, expression) = expression(kind)?;
        let field = member.map(|member| quote!(#member: __id,));
        Some(quote!(Self::#variant { #field .. } => #expression,))
    });
    quote!(match self { #(#arms)* })
}

fn id_expression(command: &Command, aggregate: &syn::Ident, id: &Id) -> TokenStream {
    let (ty, member) = (&id.ty, &id.member);
    let field = if command.family {
        quote!(__id)
    } else {
        quote!(&self.#member)
    };
    quote!(<#ty as __es::SameAs<<#aggregate as __es::Aggregate>::Id>>::same(#field))
}

fn existence(existence: Existence) -> TokenStream {
    match existence {
        Existence::Required => quote!(__es::Existence::Required),
        Existence::Forbidden => quote!(__es::Existence::Forbidden),
        Existence::Optional => quote!(__es::Existence::Optional),
    }
}

/// The stored name where there is one, else the Rust name; with the variant's behind it.
fn stored_name(command: &Command, kind: &Kind) -> String {
    let name = command
        .name
        .clone()
        .unwrap_or_else(|| unraw(&command.ident));
    if command.family {
        format!("{name}::{}", unraw(&kind.ident))
    } else {
        name
    }
}

fn option(text: Option<&String>) -> TokenStream {
    text.map_or_else(
        || quote!(::core::option::Option::None),
        |text| quote!(::core::option::Option::Some(#text)),
    )
}
