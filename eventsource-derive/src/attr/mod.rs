//! Attributes as keys with values: parsed whole, whatever is wrong with a part of them.

mod value;

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Attribute, LitStr, Meta, Path, Token, Type};

use crate::ctxt::Ctxt;
use crate::keys::{ALL, Form, Key, Place};
use crate::suggest::nearest;
use value::value;

/// A key as it was written.
pub struct Item {
    pub key: Ident,
    pub known: &'static Key,
    pub value: Value,
}

/// What stood behind the key.
pub enum Value {
    Nothing,
    Text(LitStr),
    Texts(Vec<LitStr>),
    Number(u64, Span),
    Type(Box<Type>),
    Path(Path),
    Expression(TokenStream),
    Name(Ident),
    /// The content of the parentheses.
    Inner(TokenStream),
}

/// The keys of one item.
#[derive(Default)]
pub struct Items {
    written: Vec<Item>,
    /// Keys that could not be read: they are reported, and not missing.
    broken: Vec<&'static str>,
    /// Those of misspelt keys.
    meant: Vec<Item>,
    /// Whether there is such an attribute at all.
    present: bool,
    /// Whether there is a key that is not known, nor like one that is.
    strange: bool,
    /// Whether the attribute is no list of keys: it is reported, and none is missing.
    malformed: bool,
}

impl Items {
    pub fn get(&self, name: &str) -> Option<&Item> {
        self.written.iter().find(|item| item.known.name == name)
    }

    /// Whether the key was written, readable or not.
    pub fn given(&self, name: &str) -> bool {
        self.malformed || self.get(name).is_some() || self.broken.contains(&name)
    }

    /// Whether there is such an attribute at all.
    pub fn is_present(&self) -> bool {
        self.present
    }

    /// What to add to an attribute that lacks keys, or what to write where there is none.
    pub fn say_missing(&self, item: &str, place: &Place, missing: &str) -> String {
        let attribute = place.attribute;
        if self.present {
            format!("{item} needs more to be said of it: add `{missing}` to `#[{attribute}(…)]`")
        } else {
            format!("{item} needs its attribute: write `#[{attribute}({missing})]` on it")
        }
    }

    /// Whether one of these keys could not be read.
    pub fn is_broken(&self, names: &[&str]) -> bool {
        self.malformed || self.strange || names.iter().any(|name| self.broken.contains(name))
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Item> {
        self.written
            .iter()
            .filter(move |item| item.known.name == name)
    }

    pub fn flag(&self, name: &str) -> Option<Span> {
        self.get(name).map(|item| item.key.span())
    }

    pub fn text(&self, name: &str) -> Option<&LitStr> {
        self.get(name).and_then(|item| match &item.value {
            Value::Text(text) => Some(text),
            _ => None,
        })
    }

    pub fn number(&self, name: &str) -> Option<(u64, Span)> {
        self.get(name).and_then(|item| match &item.value {
            Value::Number(number, span) => Some((*number, *span)),
            _ => None,
        })
    }

    pub fn version(&self, name: &str) -> Option<(u16, Span)> {
        self.number(name)
            .and_then(|(number, span)| u16::try_from(number).ok().map(|number| (number, span)))
    }

    pub fn ty(&self, name: &str) -> Option<&Type> {
        let meant = || self.meant.iter().find(|item| item.known.name == name);
        self.get(name)
            .or_else(meant)
            .and_then(|item| match &item.value {
                Value::Type(ty) => Some(&**ty),
                _ => None,
            })
    }

    pub fn expression(&self, name: &str) -> Option<&TokenStream> {
        self.get(name).and_then(|item| match &item.value {
            Value::Expression(expression) => Some(expression),
            _ => None,
        })
    }

    pub fn name(&self, name: &str) -> Option<&Ident> {
        self.get(name).and_then(|item| match &item.value {
            Value::Name(name) => Some(name),
            _ => None,
        })
    }

    pub fn inner(&self, name: &str) -> Option<&TokenStream> {
        self.get(name).and_then(|item| match &item.value {
            Value::Inner(inner) => Some(inner),
            _ => None,
        })
    }

    /// The types in the parentheses behind the key.
    pub fn types(&self, ctxt: &Ctxt, name: &str) -> Vec<Type> {
        match self.get(name) {
            Some(item) => match &item.value {
                Value::Inner(inner) => types(ctxt, inner.clone(), name, item.key.span()),
                _ => Vec::new(),
            },
            None => Vec::new(),
        }
    }

    /// The runtime's path: `crate = …`, or the default.
    pub fn runtime(&self) -> Path {
        self.get("crate")
            .and_then(|item| match &item.value {
                Value::Path(path) => Some(path.clone()),
                _ => None,
            })
            .unwrap_or_else(|| syn::parse_quote!(::eventsource_core))
    }
}

/// The keys of all `#[attribute(…)]` on an item.
pub fn parse(ctxt: &Ctxt, attrs: &[Attribute], place: &Place) -> Items {
    let mut items = Items::default();
    for attr in attrs
        .iter()
        .filter(|attr| attr.path().is_ident(place.attribute))
    {
        items.present = true;
        match &attr.meta {
            Meta::List(list) if !list.tokens.is_empty() => {
                inner(ctxt, list.tokens.clone(), place, &mut items);
            }
            meta => {
                let name = place.attribute;
                items.malformed = true;
                ctxt.error_at(
                    meta,
                    format!(
                        "write the keys in parentheses: `#[{name}({})]`",
                        example(place)
                    ),
                );
            }
        }
    }
    items
}

/// The keys in the parentheses behind another key.
pub fn parse_inner(ctxt: &Ctxt, tokens: TokenStream, place: &Place) -> Items {
    let mut items = Items::default();
    inner(ctxt, tokens, place, &mut items);
    items
}

fn example(place: &Place) -> &'static str {
    place.keys.first().map_or("", |key| key.example)
}

fn inner(ctxt: &Ctxt, tokens: TokenStream, place: &Place, items: &mut Items) {
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            if let Err(error) = item(ctxt, input, place, items) {
                ctxt.push(error);
                skip_to_comma(input);
            }
            if !input.is_empty() && input.parse::<Token![,]>().is_err() {
                ctxt.error(next_span(input), "expected `,` between keys");
                if !begins_with_key(input, place) {
                    skip_to_comma(input);
                    let _ = input.parse::<Token![,]>();
                }
            }
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(tokens) {
        ctxt.push(error);
    }
}

fn begins_with_key(input: ParseStream<'_>, place: &Place) -> bool {
    let key = input.fork().call(Ident::parse_any);
    key.is_ok_and(|key| place.key(&key.unraw().to_string()).is_some())
}

fn item(ctxt: &Ctxt, input: ParseStream<'_>, place: &Place, items: &mut Items) -> syn::Result<()> {
    let Ok(key) = input.call(Ident::parse_any) else {
        return Err(syn::Error::new(
            next_span(input),
            format!("expected a key, such as `{}`", example(place)),
        ));
    };
    let name = key.unraw().to_string();
    let Some(known) = place.key(&name) else {
        let near = nearest(&name, place.keys.iter().map(|key| key.name));
        // What was meant is reported by what was written, and not missing.
        items.broken.extend(near);
        items.strange |= near.is_none();
        let error = unknown_key(&key, &name, near, place);
        items
            .meant
            .extend(meant(input, &key, near.and_then(|near| place.key(near))));
        return Err(error);
    };
    let value = value(ctxt, input, &key, known).inspect_err(|_| items.broken.push(known.name))?;
    if let Some(first) = items
        .written
        .iter()
        .find(|item| item.known.name == known.name)
        && !known.repeatable
    {
        let line = first.key.span().start().line;
        ctxt.error(
            key.span(),
            format!("`{name}` is given twice: keep one of them (the first is on line {line})"),
        );
        return Ok(());
    }
    items.written.push(Item { key, known, value });
    Ok(())
}

/// The type that a misspelt key names: what stands in for the item needs it, where others name the item.
fn meant(input: ParseStream<'_>, key: &Ident, near: Option<&'static Key>) -> Option<Item> {
    let known = near.filter(|near| near.form == Form::Type)?;
    let silent = Ctxt::new();
    let value = value(&silent, &input.fork(), key, known).ok();
    let _ = silent.finish();
    Some(Item {
        key: key.clone(),
        known,
        value: value?,
    })
}

fn unknown_key(key: &Ident, name: &str, near: Option<&str>, place: &Place) -> syn::Error {
    let known = place
        .keys
        .iter()
        .map(|key| format!("`{}`", key.name))
        .collect::<Vec<_>>()
        .join(", ");
    let written = place.written();
    let elsewhere: Vec<String> = ALL
        .iter()
        .filter(|other| {
            other.attribute == place.attribute
                && other.item != place.item
                && other.key(name).is_some()
        })
        .map(Place::written)
        .collect();
    let message = if !elsewhere.is_empty() {
        format!(
            "`{name}` belongs to {}: {written} takes {known}",
            elsewhere.join(" or ")
        )
    } else if let Some(near) = near {
        format!("unknown key `{name}`, did you mean `{near}`? {written} takes {known}")
    } else {
        format!("unknown key `{name}`: {written} takes {known}")
    };
    syn::Error::new(key.span(), message)
}

/// The span of the next token; of what encloses it where there is none.
pub fn next_span(input: ParseStream<'_>) -> Span {
    input
        .cursor()
        .token_tree()
        .map_or_else(|| input.span(), |(tree, _)| tree.span())
}

/// Passes over what is left of a broken item. A comma between `<` and `>` belongs to a type.
fn skip_to_comma(input: ParseStream<'_>) {
    let mut depth = 0_usize;
    while !input.is_empty() && (depth > 0 || !input.peek(Token![,])) {
        match input.parse::<TokenTree>() {
            Ok(TokenTree::Punct(punct)) if punct.as_char() == '<' => depth += 1,
            Ok(TokenTree::Punct(punct)) if punct.as_char() == '>' => {
                depth = depth.saturating_sub(1);
            }
            Ok(_) => {}
            Err(_) => return,
        }
    }
}

/// A type in a list: a path, or a type that a `macro_rules!` handed through.
pub fn listed_type(input: ParseStream<'_>) -> syn::Result<Type> {
    let handed_through = input.cursor().group(Delimiter::None).is_some()
        && !input.peek(syn::Ident)
        && !input.peek(Token![::]);
    if handed_through {
        return input.parse();
    }
    let path = input.call(Path::parse_mod_style)?;
    Ok(Type::Path(syn::TypePath {
        attrs: Vec::new(),
        qself: None,
        path,
    }))
}

/// Types in parentheses, parsed whole: what is no type is reported, and the others are kept.
pub fn types(ctxt: &Ctxt, tokens: TokenStream, key: &str, span: Span) -> Vec<Type> {
    if tokens.is_empty() {
        ctxt.error(
            span,
            format!("`{key}(…)` is empty: list types in it, `{key}(A, B)`, or leave it out"),
        );
    }
    let parser = |input: ParseStream<'_>| {
        let mut types = Vec::new();
        while !input.is_empty() {
            if let Ok(ty) = input.call(listed_type) {
                types.push(ty);
            } else {
                ctxt.error(
                    next_span(input),
                    format!("`{key}(…)` lists types: write `{key}(A, B)`"),
                );
                skip_to_comma(input);
            }
            if !input.is_empty() && input.parse::<Token![,]>().is_err() {
                let error = if input.peek(syn::token::Paren) {
                    format!(
                        "`{key}(…)` lists types alone: leave out what stands in parentheses behind this one"
                    )
                } else if input.peek(Token![<]) {
                    format!(
                        "`{key}(…)` lists types without parameters: leave out what stands between `<` and `>`, or the whole type"
                    )
                } else {
                    format!("expected `,` between the types of `{key}(…)`")
                };
                ctxt.error(next_span(input), error);
                skip_to_comma(input);
                let _ = input.parse::<Token![,]>();
            }
        }
        Ok(types)
    };
    parser.parse2(tokens).unwrap_or_else(|error| {
        ctxt.push(error);
        Vec::new()
    })
}

/// The metas of all `#[serde(…)]` on an item. What serde itself will refuse is left to serde.
pub fn serde(attrs: &[Attribute]) -> Vec<Meta> {
    attrs
        .iter()
        .filter(|attr| attr.path().is_ident("serde"))
        .filter_map(|attr| {
            attr.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
                .ok()
        })
        .flatten()
        .collect()
}

/// The text of all doc comments on an item.
pub fn docs(attrs: &[Attribute]) -> String {
    let lines = attrs.iter().filter_map(|attr| {
        let Meta::NameValue(meta) = &attr.meta else {
            return None;
        };
        let syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        }) = &meta.value
        else {
            return None;
        };
        let line = text.value();
        let line = line.strip_prefix(' ').unwrap_or(&line).trim_end();
        meta.path.is_ident("doc").then(|| line.to_owned())
    });
    lines.collect::<Vec<_>>().join("\n")
}
