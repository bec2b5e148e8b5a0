//! What stands behind a key.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{AngleBracketedGenericArguments, LitInt, LitStr, Path, Token, Type};

use super::{Value, next_span};
use crate::ctxt::Ctxt;
use crate::keys::{Form, Key};
use crate::suggest::nearest;

/// An error about a value: what the key takes, and what to write.
fn refused(span: Span, known: &Key, what: &str, write: Option<String>) -> syn::Error {
    let write = write.unwrap_or_else(|| known.example.to_owned());
    syn::Error::new(
        span,
        format!(
            "`{}` ({}) {what}: write `{write}`",
            known.name, known.meaning
        ),
    )
}

/// Reads it. A value of which it is clear what was meant is reported and taken as that, so that nothing else fails because of it.
pub fn value(ctxt: &Ctxt, input: ParseStream<'_>, key: &Ident, known: &Key) -> syn::Result<Value> {
    let bare = input.is_empty() || input.peek(Token![,]);
    match known.form {
        Form::Flag | Form::FlagOrExpression | Form::FlagOrKeys if bare => Ok(Value::Nothing),
        Form::Flag => Err(refused(next_span(input), known, "takes no value", None)),
        Form::Keys | Form::FlagOrKeys | Form::Types | Form::Texts => {
            if !input.peek(syn::token::Paren) {
                let span = if bare { key.span() } else { next_span(input) };
                let what = if known.form == Form::FlagOrKeys {
                    "stands alone, or takes its content in parentheses"
                } else {
                    "takes its content in parentheses"
                };
                return Err(refused(span, known, what, None));
            }
            let content;
            syn::parenthesized!(content in input);
            if known.form == Form::Texts {
                let texts = texts(&content, key, known);
                // What is left after an error would be another.
                content.parse::<TokenStream>()?;
                return texts;
            }
            Ok(Value::Inner(content.parse()?))
        }
        _ => {
            if bare {
                return Err(refused(key.span(), known, "needs a value", None));
            }
            if input.parse::<Token![=]>().is_err() {
                let what = "takes its value behind `=`";
                return Err(refused(next_span(input), known, what, None));
            }
            if input.is_empty() || input.peek(Token![,]) {
                let what = "has nothing behind `=`";
                return Err(refused(key.span(), known, what, None));
            }
            assigned(ctxt, input, known)
        }
    }
}

fn texts(content: ParseStream<'_>, key: &Ident, known: &Key) -> syn::Result<Value> {
    if content.is_empty() {
        return Err(refused(key.span(), known, "is empty", None));
    }
    let mut texts = Vec::new();
    while !content.is_empty() {
        let span = next_span(content);
        texts.push(
            content
                .parse::<LitStr>()
                .map_err(|_| refused(span, known, "holds strings", None))?,
        );
        if !content.is_empty() {
            let span = next_span(content);
            content
                .parse::<Token![,]>()
                .map_err(|_| refused(span, known, "needs `,` between its strings", None))?;
        }
    }
    Ok(Value::Texts(texts))
}

fn assigned(ctxt: &Ctxt, input: ParseStream<'_>, known: &Key) -> syn::Result<Value> {
    let span = next_span(input);
    match known.form {
        Form::Text => text(ctxt, input, known).map(Value::Text),
        Form::TextOf(choices) => {
            let text = text(ctxt, input, known)?;
            if choices.contains(&text.value().as_str()) {
                Ok(Value::Text(text))
            } else {
                Err(none_of(text.span(), known, choices, &text.value(), '"'))
            }
        }
        Form::Version => number(
            input,
            known,
            1..=65_535,
            "is a whole number from 1 to 65535",
        ),
        Form::Count => {
            let what = "is a whole number, at least 1";
            number(input, known, 1..=u64::MAX, what)
        }
        Form::Type => unquoted(ctxt, input, known, "is a type", Type::parse)
            .map(|ty| Value::Type(Box::new(ty))),
        Form::Path => {
            let path = unquoted(ctxt, input, known, "is a path", Path::parse_mod_style);
            path.map(Value::Path)
        }
        Form::Name => unquoted(ctxt, input, known, "is a name", Ident::parse_any).map(Value::Name),
        Form::Word(choices) => {
            let word = input.call(Ident::parse_any);
            let written = match &word {
                Ok(word) => word.unraw().to_string(),
                Err(_) => input
                    .parse::<LitStr>()
                    .map(|text| text.value())
                    .unwrap_or_default(),
            };
            if !choices.contains(&written.as_str()) {
                return Err(none_of(span, known, choices, &written, '`'));
            }
            word.map(Value::Name).or_else(|_| {
                let write = Some(format!("{} = {written}", known.name));
                ctxt.push(refused(span, known, "is a word, not a string", write));
                Ok(Value::Name(Ident::new(&written, span)))
            })
        }
        _ => {
            let expression = expression(input)?;
            match half(&expression) {
                None => Ok(Value::Expression(expression)),
                Some((sign, span)) => {
                    let what =
                        format!("is half an expression, something is missing behind `{sign}`");
                    Err(refused(span, known, &what, None))
                }
            }
        }
    }
}

/// A string. What stands there without quotes is proposed with them.
fn text(ctxt: &Ctxt, input: ParseStream<'_>, known: &Key) -> syn::Result<LitStr> {
    let span = next_span(input);
    if input.peek(LitStr) {
        return input.parse();
    }
    let bare = up_to_comma(input)?;
    let name = |tree: &TokenTree| match tree {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => matches!(punct.as_char(), '.' | ':'),
        _ => false,
    };
    if !bare.iter().all(name) {
        return Err(refused(span, known, "is a string", None));
    }
    let bare: String = bare.iter().map(ToString::to_string).collect();
    let write = Some(format!("{} = \"{bare}\"", known.name));
    ctxt.push(refused(span, known, "is a string", write));
    Ok(LitStr::new(&bare, span))
}

fn up_to_comma(input: ParseStream<'_>) -> syn::Result<Vec<TokenTree>> {
    let mut trees = Vec::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        trees.push(input.parse()?);
    }
    Ok(trees)
}

/// What is no string. What stands there in quotes is proposed without them.
fn unquoted<T>(
    ctxt: &Ctxt,
    input: ParseStream<'_>,
    known: &Key,
    what: &str,
    parse: fn(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<T> {
    let span = next_span(input);
    if !input.peek(LitStr) {
        let value = input.call(parse);
        return value.map_err(|_| refused(span, known, what, None));
    }
    let quoted = input.parse::<LitStr>()?;
    let what = format!("{what}, not a string");
    let Ok(value) = quoted.parse_with(parse) else {
        return Err(refused(span, known, &what, None));
    };
    let write = Some(format!("{} = {}", known.name, quoted.value()));
    ctxt.push(refused(span, known, &what, write));
    Ok(value)
}

fn none_of(span: Span, known: &Key, choices: &[&str], written: &str, quote: char) -> syn::Error {
    let choices_written = choices
        .iter()
        .map(|choice| format!("{quote}{choice}{quote}"))
        .collect::<Vec<_>>()
        .join(" or ");
    let near = nearest(written, choices.iter().copied())
        .map(|near| format!(", did you mean {quote}{near}{quote}?"))
        .unwrap_or_default();
    let (name, meaning) = (known.name, known.meaning);
    // A field's name behind the `key` of an item is meant for an event.
    let field = (name == "key" && near.is_empty() && !written.is_empty())
        .then(|| format!("; to go by a field of an event write `events(A(key = {written}))`"));
    syn::Error::new(
        span,
        format!(
            "`{name}` ({meaning}) is {choices_written}{near}{}",
            field.unwrap_or_default()
        ),
    )
}

fn number(
    input: ParseStream<'_>,
    known: &Key,
    range: std::ops::RangeInclusive<u64>,
    what: &str,
) -> syn::Result<Value> {
    let span = next_span(input);
    let negative = input.parse::<Token![-]>().is_ok();
    let (meant, plain) = if input.peek(LitStr) {
        (input.parse::<LitStr>()?.value().parse().ok(), false)
    } else {
        let literal = input.parse::<LitInt>().ok();
        let plain = literal.as_ref().is_some_and(|it| it.suffix().is_empty());
        let number = literal.and_then(|it| it.base10_digits().parse().ok());
        (number, plain && !negative)
    };
    match meant.filter(|meant| range.contains(meant)) {
        Some(number) if plain => Ok(Value::Number(number, span)),
        Some(meant) => {
            let write = Some(format!("{} = {meant}", known.name));
            Err(refused(span, known, what, write))
        }
        None => {
            // A later version would ask for the steps up to it.
            let write = (known.name == "version").then(|| "version = 1".to_owned());
            Err(refused(span, known, what, write))
        }
    }
}

/// The operator that ends an expression which needs more behind it.
fn half(expression: &TokenStream) -> Option<(char, Span)> {
    match expression.clone().into_iter().last()? {
        TokenTree::Punct(last) if "+-*/%^&|=<!".contains(last.as_char()) => {
            Some((last.as_char(), last.span()))
        }
        _ => None,
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
