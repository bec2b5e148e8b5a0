//! Lists of events: `events(A, B(key = field), ignore(C))` and `retired(D)`.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Token, Type};

use crate::attr::{self, Items, listed_type, next_span};
use crate::ctxt::Ctxt;
use crate::keys::LISTED_KEYS;
use crate::suggest::nearest;
use crate::tokens::{generated, written};

/// An event in a list.
pub struct Listed {
    pub ty: Type,
    pub ignored: bool,
    /// What stands behind it in parentheses.
    pub keys: Option<Items>,
}

impl Listed {
    /// The type as the user wrote it.
    pub fn written(&self) -> String {
        written(&self.ty)
    }

    /// The last segment of the type's path.
    pub fn ident(&self) -> Option<Ident> {
        last_segment(&self.ty)
    }

    /// The variant's name in this enum of the listed.
    pub fn variant(&self, of: &Ident) -> Option<Ident> {
        self.ident().map(|ident| generated(&ident, of))
    }
}

/// Who lists events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lister {
    Aggregate,
    Projection,
    ProcessManager,
}

/// The last segment of a type's path.
pub fn last_segment(ty: &Type) -> Option<Ident> {
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .map(|segment| segment.ident.clone()),
        Type::Group(group) => last_segment(&group.elem),
        Type::Paren(paren) => last_segment(&paren.elem),
        _ => None,
    }
}

/// Parses `events(…)`. An aggregate allows no keys behind an event; a process manager allows `Rejected<C>`.
pub fn events(ctxt: &Ctxt, tokens: TokenStream, by: Lister) -> Vec<Listed> {
    let mut listed = Vec::new();
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            let before = listed.len();
            if entry(ctxt, input, by, &mut listed).is_err() {
                ctxt.error(
                    next_span(input),
                    "`events(…)` lists event types: write `events(A, B, ignore(C))`",
                );
                while !input.is_empty() && !input.peek(Token![,]) {
                    input.parse::<proc_macro2::TokenTree>()?;
                }
            }
            if !input.is_empty() && input.parse::<Token![,]>().is_err() {
                let after = listed.get(before).map(Listed::written).unwrap_or_default();
                ctxt.error(next_span(input), format!("expected `,` behind `{after}`"));
                while !input.is_empty() && !input.peek(Token![,]) {
                    input.parse::<proc_macro2::TokenTree>()?;
                }
                let _ = input.parse::<Token![,]>();
            }
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(tokens) {
        ctxt.push(error);
    }
    refuse_repeated(ctxt, &listed);
    listed
}

fn entry(
    ctxt: &Ctxt,
    input: ParseStream<'_>,
    by: Lister,
    listed: &mut Vec<Listed>,
) -> syn::Result<()> {
    let ahead = input.fork();
    if ahead
        .call(Ident::parse_any)
        .is_ok_and(|word| word == "ignore")
        && ahead.peek(syn::token::Paren)
    {
        input.call(Ident::parse_any)?;
        let content;
        let paren = syn::parenthesized!(content in input);
        if is_rejected(&content) {
            let span = next_span(&content);
            let rejected = written(content.parse::<TokenStream>()?);
            ctxt.error(
                span,
                format!("a rejected command comes back only where it is listed: leave `ignore({rejected})` out"),
            );
            return Ok(());
        }
        let types = attr::types(ctxt, content.parse()?, "ignore", paren.span.join());
        listed.extend(types.into_iter().map(|ty| Listed {
            ty,
            ignored: true,
            keys: None,
        }));
        return Ok(());
    }
    let rejected = is_rejected(input);
    let ty = if rejected {
        input.parse()?
    } else {
        input.call(listed_type)?
    };
    if rejected && by != Lister::ProcessManager {
        ctxt.error_at(
            &ty,
            format!(
                "only a process manager sends commands, and gets back what is rejected: leave `{}` out",
                written(&ty)
            ),
        );
    }
    let mut keys = None;
    if input.peek(syn::token::Paren)
        && !holds_keys(input)
        && let Some(word) = last_segment(&ty)
        && nearest(&word.to_string(), ["ignore"]).is_some()
    {
        let content;
        syn::parenthesized!(content in input);
        let ignored = content.parse::<TokenStream>()?;
        ctxt.error_at(
            &ty,
            format!(
                "unknown word `{word}`, did you mean `ignore({})`?",
                written(ignored)
            ),
        );
        return Ok(());
    }
    if input.peek(syn::token::Paren) {
        let content;
        let paren = syn::parenthesized!(content in input);
        if by == Lister::Aggregate {
            let _: TokenStream = content.parse()?;
            ctxt.error(
                paren.span.join(),
                format!(
                    "an aggregate folds all events of its stream into one state: write `{}` alone",
                    written(&ty)
                ),
            );
        } else {
            keys = Some(attr::parse_inner(ctxt, content.parse()?, &LISTED_KEYS));
        }
    }
    listed.push(Listed {
        ty,
        ignored: false,
        keys,
    });
    Ok(())
}

/// Whether `Rejected<…>` is next, by any path.
fn is_rejected(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    let path = ahead.call(syn::Path::parse_mod_style);
    path.is_ok_and(|path| {
        let last = path.segments.last();
        last.is_some_and(|segment| segment.ident == "Rejected") && ahead.peek(Token![<])
    })
}

/// Whether `key = …` stands in the parentheses that are next.
fn holds_keys(input: ParseStream<'_>) -> bool {
    let inner = |input: ParseStream<'_>| {
        let content;
        syn::parenthesized!(content in input);
        let key = content.call(Ident::parse_any).is_ok() && content.peek(Token![=]);
        content.parse::<TokenStream>()?;
        Ok::<_, syn::Error>(key)
    };
    inner(&input.fork()).unwrap_or_default()
}

/// Reports each type that stands in the list twice.
pub fn refuse_repeated(ctxt: &Ctxt, listed: &[Listed]) {
    for (at, event) in listed.iter().enumerate() {
        let name = event.ty.to_token_stream().to_string();
        if listed[..at]
            .iter()
            .any(|other| other.ty.to_token_stream().to_string() == name)
        {
            ctxt.error_at(
                &event.ty,
                format!("`{}` is listed twice: keep one of them", event.written()),
            );
        }
    }
}
