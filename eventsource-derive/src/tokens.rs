//! Small changes to the user's tokens.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};

/// The tokens with `Self` replaced, for a type that is named outside its own item.
pub fn without_self(tokens: impl ToTokens, name: &Ident) -> TokenStream {
    fn replaced(tokens: TokenStream, name: &Ident) -> TokenStream {
        tokens
            .into_iter()
            .map(|tree| match tree {
                TokenTree::Ident(ident) if ident == "Self" => {
                    let mut name = name.clone();
                    name.set_span(ident.span());
                    TokenTree::Ident(name)
                }
                TokenTree::Group(group) => {
                    let mut new = Group::new(group.delimiter(), replaced(group.stream(), name));
                    new.set_span(group.span());
                    TokenTree::Group(new)
                }
                other => other,
            })
            .collect()
    }
    replaced(tokens.into_token_stream(), name)
}

/// This place, for generated tokens: an error about them is reported there, and names that they bind are found by other generated tokens
/// even where a `macro_rules!` wrote the place.
pub fn placed(place: Span) -> Span {
    Span::call_site().located_at(place)
}

/// The tokens, all at this place: an error about them is then reported there.
pub fn respanned(tokens: impl ToTokens, span: Span) -> TokenStream {
    tokens
        .into_token_stream()
        .into_iter()
        .map(|mut tree| {
            if let TokenTree::Group(group) = &tree {
                let mut new = Group::new(group.delimiter(), respanned(group.stream(), span));
                new.set_span(placed(span));
                return TokenTree::Group(new);
            }
            tree.set_span(tree.span().located_at(span));
            tree
        })
        .collect()
}

/// An expression that the user wrote. What is no whole expression is then reported there, and nowhere else.
pub fn expression(tokens: &TokenStream) -> TokenStream {
    quote_spanned!(placed(first_span(tokens))=> __es::expression!(#tokens))
}

/// A name for a type that the user wrote, at its place: an error about the type is reported there, once, wherever the name is used.
pub fn alias(name: &str, at: usize, ty: impl ToTokens) -> Ident {
    Ident::new(&format!("__{name}{at}"), first_span(ty))
}

/// The name, for a variant of a generated enum, at the place of the enum's own name: an editor that is asked what the user's word is about then
/// finds what it names, and not that variant.
pub fn generated(name: &Ident, of: &Ident) -> Ident {
    let mut name = name.clone();
    name.set_span(placed(of.span()));
    name
}

/// The place of the first token.
pub fn first_span(tokens: impl ToTokens) -> Span {
    tokens
        .into_token_stream()
        .into_iter()
        .next()
        .map_or_else(Span::call_site, |tree| tree.span())
}

/// What the user wrote, as a text for people: without the blanks that token streams put everywhere.
pub fn written(tokens: impl ToTokens) -> String {
    let mut text = String::new();
    for part in tokens.into_token_stream().to_string().split(' ') {
        let tight = text.is_empty()
            || text.ends_with([':', '<', '(', '&', '['])
            || part.starts_with([':', '<', '>', ')', ',', '(', ']']);
        if !tight {
            text.push(' ');
        }
        text.push_str(part);
    }
    text
}
