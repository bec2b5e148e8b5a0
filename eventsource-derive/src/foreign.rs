//! Attributes of another derive: what is said of an item as something that it is not.
//!
//! A derive that did not know their names would leave them to rustc, which advises one to derive what they belong to.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Attribute, Data, DeriveInput, Fields, Meta, Path};

use crate::ctxt::Ctxt;
use crate::tokens::{placed, respanned};
use crate::wrap::wrap;

/// The attributes that every derive knows, what they are for, and the question whether an item is that. Not `command`: clap's derives have one of
/// that name, too.
const KNOWN: [(&str, &str, &str); 4] = [
    ("event", "events", "said_of_event"),
    ("aggregate", "aggregates", "said_of_aggregate"),
    ("projection", "projections", "said_of_projection"),
    (
        "process_manager",
        "process managers",
        "said_of_process_manager",
    ),
];

/// The derive that asks.
#[derive(Clone, Copy)]
pub struct Own {
    /// Its attribute.
    pub attribute: &'static str,
    /// What it makes of the item, with its article.
    pub item: &'static str,
    /// What to do with an attribute on a field or a variant, where those have no keys.
    pub inside: &'static str,
}

impl Own {
    pub fn new(attribute: &'static str, item: &'static str) -> Self {
        Self {
            attribute,
            item,
            inside: "",
        }
    }
}

/// Something else that the item is said to be: right where it is derived as well.
pub struct Other {
    word: Span,
    asked: &'static str,
}

/// Reports each attribute of another derive, and takes it for the one that belongs there. One that stands beside it may be right.
pub fn refuse(ctxt: &Ctxt, input: &mut DeriveInput, own: Own) -> Vec<Other> {
    let present = |name: &str| input.attrs.iter().any(|attr| attr.path().is_ident(name));
    let beside: Vec<&str> = if present(own.attribute) {
        let foreign = KNOWN.iter().map(|(name, ..)| *name);
        foreign.filter(|name| present(name)).collect()
    } else {
        Vec::new()
    };
    let mut others = Vec::new();
    for attr in &mut input.attrs {
        let Some((name, _, asked)) = known(attr, own) else {
            continue;
        };
        if beside.contains(&name) {
            let word = attr.path().segments.first();
            let word = word.map_or_else(Span::call_site, |word| word.ident.span());
            others.push(Other { word, asked });
        } else {
            take(ctxt, attr, own, "");
        }
    }
    let mut inside = |attrs: &mut Vec<Attribute>| {
        for attr in attrs {
            if known(attr, own).is_some_and(|(name, ..)| !beside.contains(&name)) {
                take(ctxt, attr, own, own.inside);
            }
        }
    };
    match &mut input.data {
        Data::Struct(data) => of_fields(&mut data.fields, &mut inside),
        Data::Enum(data) => {
            for variant in &mut data.variants {
                inside(&mut variant.attrs);
                of_fields(&mut variant.fields, &mut inside);
            }
        }
        Data::Union(_) => {}
    }
    others
}

/// Asks of the item whether it is what else is said of it, where that is said.
pub fn proofs(ident: &Ident, runtime: &Path, others: &[Other]) -> TokenStream {
    if others.is_empty() {
        return TokenStream::new();
    }
    let proofs = others.iter().map(|other| {
        let asked = Ident::new(other.asked, Span::call_site());
        let item = respanned(ident, other.word);
        quote_spanned!(placed(other.word)=> __es::#asked::<#item>();)
    });
    wrap(runtime, &quote!(const _: fn() = || { #(#proofs)* };))
}

/// Whether every derive knows an attribute of this name.
#[cfg(test)]
pub fn is_known(name: &str) -> bool {
    KNOWN.iter().any(|(known, ..)| *known == name)
}

fn known(attr: &Attribute, own: Own) -> Option<(&'static str, &'static str, &'static str)> {
    let known = |(name, ..): &&(&str, _, _)| *name != own.attribute && attr.path().is_ident(name);
    KNOWN.iter().find(known).copied()
}

fn of_fields(fields: &mut Fields, inside: &mut impl FnMut(&mut Vec<Attribute>)) {
    fields.iter_mut().for_each(|field| inside(&mut field.attrs));
}

fn take(ctxt: &Ctxt, attr: &mut Attribute, own: Own, instead: &str) {
    let Some((name, what, _)) = known(attr, own) else {
        return;
    };
    let (right, item) = (own.attribute, own.item);
    let error = format!("`#[{name}(…)]` is for {what}, and this is {item}");
    if !instead.is_empty() {
        ctxt.error_at(attr.path(), format!("{error}: {instead}"));
        return;
    }
    let error = format!("{error}: write `#[{right}(…)]`");
    ctxt.error_at(attr.path(), error);
    let path = match &mut attr.meta {
        Meta::Path(path) => path,
        Meta::List(list) => &mut list.path,
        Meta::NameValue(value) => &mut value.path,
    };
    if let Some(word) = path.segments.first_mut() {
        word.ident = Ident::new(right, word.ident.span());
    }
}
