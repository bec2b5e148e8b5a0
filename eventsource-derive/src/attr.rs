//! Attributes as keys with values: parsed whole, whatever is wrong with a part of them.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{AngleBracketedGenericArguments, Attribute, LitInt, LitStr, Meta, Path, Token, Type};

use crate::ctxt::Ctxt;
use crate::keys::{ALL, Form, Key, Place};
use crate::suggest::nearest;

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
    items: Vec<Item>,
    /// Keys whose value could not be read: they are reported, and not missing.
    broken: Vec<&'static str>,
}

impl Items {
    pub fn get(&self, name: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.known.name == name)
    }

    /// Whether the key was written, readable or not.
    pub fn given(&self, name: &str) -> bool {
        self.get(name).is_some() || self.broken.contains(&name)
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Item> {
        self.items
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
        self.get(name).and_then(|item| match &item.value {
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
        match &attr.meta {
            Meta::List(list) => inner(ctxt, list.tokens.clone(), place, &mut items),
            meta => {
                let name = place.attribute;
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
                skip_to_comma(input);
                let _ = input.parse::<Token![,]>();
            }
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(tokens) {
        ctxt.push(error);
    }
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
        return Err(unknown_key(&key, &name, place));
    };
    let value = value(input, &key, known).inspect_err(|_| items.broken.push(known.name))?;
    if let Some(first) = items
        .items
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
    items.items.push(Item { key, known, value });
    Ok(())
}

fn unknown_key(key: &Ident, name: &str, place: &Place) -> syn::Error {
    let names = place.keys.iter().map(|key| key.name);
    let known = names
        .clone()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    let item = place.item;
    let elsewhere: Vec<&str> = ALL
        .iter()
        .filter(|other| {
            other.attribute == place.attribute
                && other.item != place.item
                && other.key(name).is_some()
        })
        .map(|other| other.item)
        .collect();
    let message = if !elsewhere.is_empty() {
        format!(
            "`{name}` belongs on {}, not on {item}: known here are {known}",
            elsewhere.join(" or ")
        )
    } else if let Some(near) = nearest(name, names) {
        format!("unknown key `{name}`, did you mean `{near}`? Known on {item} are {known}")
    } else {
        format!("unknown key `{name}`: known on {item} are {known}")
    };
    syn::Error::new(key.span(), message)
}

fn wrong_form(span: Span, known: &Key, what: &str) -> syn::Error {
    syn::Error::new(
        span,
        format!(
            "`{}` ({}) {what}: write `{}`",
            known.name, known.meaning, known.example
        ),
    )
}

fn value(input: ParseStream<'_>, key: &Ident, known: &Key) -> syn::Result<Value> {
    let bare = input.is_empty() || input.peek(Token![,]);
    match known.form {
        Form::Flag | Form::FlagOrExpression | Form::FlagOrKeys if bare => Ok(Value::Nothing),
        Form::Flag => Err(wrong_form(next_span(input), known, "takes no value")),
        Form::Keys | Form::FlagOrKeys | Form::Types | Form::Texts => {
            if !input.peek(syn::token::Paren) {
                let span = if bare { key.span() } else { next_span(input) };
                return Err(wrong_form(span, known, "takes its content in parentheses"));
            }
            let content;
            syn::parenthesized!(content in input);
            if known.form == Form::Texts {
                return texts(&content, key, known);
            }
            Ok(Value::Inner(content.parse()?))
        }
        _ => {
            if bare {
                return Err(wrong_form(key.span(), known, "needs a value"));
            }
            if input.parse::<Token![=]>().is_err() {
                return Err(wrong_form(
                    next_span(input),
                    known,
                    "takes its value behind `=`",
                ));
            }
            if input.is_empty() || input.peek(Token![,]) {
                return Err(wrong_form(key.span(), known, "needs a value"));
            }
            assigned(input, known)
        }
    }
}

fn texts(content: ParseStream<'_>, key: &Ident, known: &Key) -> syn::Result<Value> {
    if content.is_empty() {
        return Err(wrong_form(key.span(), known, "is empty"));
    }
    let mut texts = Vec::new();
    while !content.is_empty() {
        let span = next_span(content);
        texts.push(
            content
                .parse::<LitStr>()
                .map_err(|_| wrong_form(span, known, "holds strings"))?,
        );
        if !content.is_empty() {
            let span = next_span(content);
            content
                .parse::<Token![,]>()
                .map_err(|_| wrong_form(span, known, "needs `,` between its strings"))?;
        }
    }
    Ok(Value::Texts(texts))
}

fn assigned(input: ParseStream<'_>, known: &Key) -> syn::Result<Value> {
    let span = next_span(input);
    match known.form {
        Form::Text => input
            .parse()
            .map(Value::Text)
            .map_err(|_| wrong_form(span, known, "is a string")),
        Form::TextOf(choices) => {
            let text: LitStr = input
                .parse()
                .map_err(|_| wrong_form(span, known, "is a string"))?;
            if choices.contains(&text.value().as_str()) {
                Ok(Value::Text(text))
            } else {
                Err(syn::Error::new(
                    span,
                    format!("`{}` is {}", known.name, one_of(choices, '"')),
                ))
            }
        }
        Form::Version => number(
            input,
            known,
            1..=65_535,
            "is a whole number from 1 to 65535",
        ),
        Form::Count => number(input, known, 1..=u64::MAX, "is a whole number, at least 1"),
        Form::Type => input
            .parse()
            .map(|ty| Value::Type(Box::new(ty)))
            .map_err(|_| wrong_form(span, known, "is a type")),
        Form::Path => {
            let path = input.call(Path::parse_mod_style);
            path.map(Value::Path)
                .map_err(|_| wrong_form(span, known, "is a path"))
        }
        Form::Name => input
            .call(Ident::parse_any)
            .map(Value::Name)
            .map_err(|_| wrong_form(span, known, "is a name")),
        Form::Word(choices) => {
            let refused = || {
                syn::Error::new(
                    span,
                    format!("`{}` is {}", known.name, one_of(choices, '`')),
                )
            };
            let word = input.call(Ident::parse_any).map_err(|_| refused())?;
            if choices.contains(&word.unraw().to_string().as_str()) {
                Ok(Value::Name(word))
            } else {
                Err(refused())
            }
        }
        _ => Ok(Value::Expression(expression(input)?)),
    }
}

fn one_of(choices: &[&str], quote: char) -> String {
    choices
        .iter()
        .map(|choice| format!("{quote}{choice}{quote}"))
        .collect::<Vec<_>>()
        .join(" or ")
}

fn number(
    input: ParseStream<'_>,
    known: &Key,
    range: std::ops::RangeInclusive<u64>,
    what: &str,
) -> syn::Result<Value> {
    let span = next_span(input);
    let negative = input.peek(Token![-]);
    let number = input.parse::<LitInt>().ok().filter(|_| !negative);
    match number
        .filter(|literal| literal.suffix().is_empty())
        .and_then(|literal| literal.base10_parse::<u64>().ok())
    {
        Some(number) if range.contains(&number) => Ok(Value::Number(number, span)),
        _ => Err(wrong_form(span, known, what)),
    }
}

/// An expression up to the next comma, token by token: the same whatever part of Rust's grammar syn was built with. A comma within generic
/// arguments, or between a closure's parameters, does not end it.
fn expression(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while input.peek(Token![move]) || input.peek(Token![const]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    if input.peek(Token![|]) && !input.peek(Token![||]) {
        tokens.extend([input.parse::<TokenTree>()?]);
        while !input.is_empty() && !input.peek(Token![|]) {
            tokens.extend([input.parse::<TokenTree>()?]);
        }
    }
    while !input.is_empty() && !input.peek(Token![,]) {
        let ahead = input.fork();
        if input.peek(Token![<]) && ahead.parse::<AngleBracketedGenericArguments>().is_ok() {
            tokens.extend(
                input
                    .parse::<AngleBracketedGenericArguments>()?
                    .into_token_stream(),
            );
        } else {
            tokens.extend([input.parse::<TokenTree>()?]);
        }
    }
    Ok(tokens)
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
pub fn types(ctxt: &Ctxt, tokens: TokenStream, key: &str) -> Vec<Type> {
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
                ctxt.error(
                    next_span(input),
                    format!("expected `,` between the types of `{key}(…)`"),
                );
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
