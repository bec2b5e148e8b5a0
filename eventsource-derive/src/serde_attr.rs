//! The user's serde attributes, as an older shape of the same type has them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{LitStr, Meta};

/// `#[serde(…)]` with these metas; nothing where there are none.
fn attribute(metas: &[&Meta]) -> TokenStream {
    if metas.is_empty() {
        TokenStream::new()
    } else {
        quote!(#[serde(#(#metas),*)])
    }
}

fn is(meta: &Meta, names: &[&str]) -> bool {
    names.iter().any(|name| meta.path().is_ident(name))
}

/// Whether serde asks nobody for a field.
pub fn is_skipped(metas: &[Meta]) -> bool {
    metas
        .iter()
        .any(|meta| is(meta, &["skip", "skip_deserializing"]))
}

/// The key by which serde leaves out a field, in writing, in reading, or in both.
pub fn skip(metas: &[Meta]) -> Option<&Meta> {
    metas
        .iter()
        .find(|meta| is(meta, &["skip", "skip_serializing", "skip_deserializing"]))
}

/// Whether serde reads or writes a field otherwise than by its type.
pub fn is_read_otherwise(metas: &[Meta]) -> bool {
    let names = [
        "with",
        "serialize_with",
        "deserialize_with",
        "skip",
        "skip_serializing",
        "skip_deserializing",
        "bound",
        "borrow",
        "getter",
    ];
    metas.iter().any(|meta| is(meta, &names))
}

/// A key of serde's container attribute that takes these bounds in place of serde's own, `, bound(deserialize = "…")`; nothing where there are none.
pub fn bound(of: &str, bounds: &TokenStream, place: Span) -> TokenStream {
    if bounds.is_empty() {
        return TokenStream::new();
    }
    let of = Ident::new(of, Span::call_site());
    let text = LitStr::new(&bounds.to_string(), place);
    quote!(, bound(#of = #text))
}

/// Those of a struct that apply to a shadow of it. A `default` is the shadow's own, which is made of the struct's.
pub fn container(metas: &[Meta]) -> TokenStream {
    let own: Option<Meta> = default(metas).map(|_| syn::parse_quote!(default));
    let kept: Vec<&Meta> = metas
        .iter()
        .filter(|meta| is(meta, &["rename_all", "deny_unknown_fields", "tag"]))
        .chain(&own)
        .collect();
    attribute(&kept)
}

/// Those of an enum that apply to a shadow of it, which is tagged as it is.
pub fn family(metas: &[Meta]) -> TokenStream {
    let names = [
        "rename_all",
        "rename_all_fields",
        "deny_unknown_fields",
        "tag",
        "content",
        "untagged",
    ];
    let kept: Vec<&Meta> = metas.iter().filter(|meta| is(meta, &names)).collect();
    attribute(&kept)
}

/// Whether serde renames all fields of a struct or a variant; `family` is what stands on the variant's enum.
pub fn renames_fields(metas: &[Meta], family: &[Meta]) -> bool {
    metas.iter().any(|meta| is(meta, &["rename_all"]))
        || family.iter().any(|meta| is(meta, &["rename_all_fields"]))
}

/// All of them.
pub fn all(metas: &[Meta]) -> TokenStream {
    attribute(&metas.iter().collect::<Vec<_>>())
}

/// Those that make a struct be read in a way that a shadow of it cannot be.
pub fn opaque(metas: &[Meta]) -> Option<&Meta> {
    metas
        .iter()
        .find(|meta| is(meta, &["from", "try_from", "transparent", "remote"]))
}

/// The container's `default`: what is missing from a payload is then as in that.
pub fn default(metas: &[Meta]) -> Option<Default> {
    let meta = metas.iter().find(|meta| is(meta, &["default"]))?;
    let Meta::NameValue(meta) = meta else {
        return Some(Default::Trait);
    };
    let syn::Expr::Lit(syn::ExprLit {
        lit: syn::Lit::Str(path),
        ..
    }) = &meta.value
    else {
        return None;
    };
    // What is no path is reported by serde.
    path.parse().ok().map(Default::Function)
}

/// Where the default of a container comes from.
pub enum Default {
    /// `default`: its `Default`.
    Trait,
    /// `default = "path"`.
    Function(syn::ExprPath),
}

/// What names the fields of a struct, or of a variant of this enum.
pub fn renamed(metas: &[Meta], container: &[Meta]) -> TokenStream {
    let named = metas.iter().filter(|meta| is(meta, &["rename_all"]));
    let named: Vec<Meta> = named.cloned().collect();
    variant(&named, container)
}

/// Those of a variant that apply to its fields.
pub fn variant(metas: &[Meta], container: &[Meta]) -> TokenStream {
    let mut kept: Vec<&Meta> = metas
        .iter()
        .filter(|meta| is(meta, &["rename_all", "deny_unknown_fields"]))
        .collect();
    let of_all;
    if !kept.iter().any(|meta| is(meta, &["rename_all"]))
        && let Some(meta) = container
            .iter()
            .find(|meta| is(meta, &["rename_all_fields"]))
        && let Meta::NameValue(renamed) = meta
    {
        let value = &renamed.value;
        of_all = syn::parse_quote!(rename_all = #value);
        kept.push(&of_all);
    }
    attribute(&kept)
}

/// Those of a field, as it was: under another name, of another type, or both. What had a name was a field of its own, and what had either was
/// stored, whatever serde does with it now.
pub fn field(metas: &[Meta], old_name: Option<&str>, other_type: bool) -> TokenStream {
    let differed = old_name.is_some() || other_type;
    let mut kept: Vec<TokenStream> = metas
        .iter()
        .filter(|meta| old_name.is_none() || !is(meta, &["rename", "alias", "flatten"]))
        .filter(|meta| !differed || !is(meta, &["skip", "skip_deserializing"]))
        .filter(|meta| {
            !other_type
                || !(is(
                    meta,
                    &[
                        "with",
                        "deserialize_with",
                        "serialize_with",
                        "bound",
                        "borrow",
                        "getter",
                    ],
                ) || (is(meta, &["default"]) && matches!(meta, Meta::NameValue(_))))
        })
        .map(quote::ToTokens::to_token_stream)
        .collect();
    if let Some(name) = old_name {
        kept.push(quote!(rename = #name));
    }
    if kept.is_empty() {
        TokenStream::new()
    } else {
        quote!(#[serde(#(#kept),*)])
    }
}
