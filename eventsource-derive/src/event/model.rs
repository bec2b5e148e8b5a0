//! What an event declares, as plain data.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens as _;
use syn::{Fields, Meta, Path, Type};

use crate::attr::Items;
use crate::naming::unraw;

/// A struct event, or a family.
pub struct Event {
    pub ident: Ident,
    pub runtime: Path,
    pub family: bool,
    /// The container's own serde attributes.
    pub serde: Vec<Meta>,
    /// The stored types: one, or one a variant.
    pub kinds: Vec<Kind>,
}

/// One stored type.
pub struct Kind {
    /// The struct, or the variant.
    pub ident: Ident,
    pub name: String,
    /// Where the name is given; the ident where it is made from it.
    pub name_span: Span,
    pub aliases: Vec<(String, Span)>,
    pub version: u16,
    pub version_span: Span,
    pub versioned: Versioned,
    pub upcasts: Vec<Upcast>,
    pub retirement: Retirement,
    pub serde: Vec<Meta>,
    /// Its doc comment.
    pub docs: String,
    /// Whether serde renames all its fields.
    pub renamed: bool,
    pub form: Form,
    pub fields: Vec<Field>,
    /// Whether a key could not be read that may say how versions differ.
    pub broken: bool,
}

/// Whether a version was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Versioned {
    Given,
    /// It is 1.
    Omitted,
    /// It was given and could not be read, or the whole attribute is missing.
    Unreadable,
}

impl Versioned {
    pub fn of(items: &Items) -> Self {
        match (items.version("version"), items.given("version")) {
            (Some(_), _) => Self::Given,
            (None, false) if items.is_present() => Self::Omitted,
            (None, _) => Self::Unreadable,
        }
    }

    /// Of a variant, which can do without an attribute.
    pub fn of_variant(items: &Items) -> Self {
        if items.is_present() {
            Self::of(items)
        } else {
            Self::Omitted
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Named,
    Tuple,
    Unit,
}

/// `upcast(…)`.
pub struct Upcast {
    pub from: u16,
    pub from_span: Span,
    pub by: UpcastBy,
}

pub enum UpcastBy {
    Type(Box<Type>),
    Value(TokenStream),
}

/// `retired…`.
pub enum Retirement {
    Current,
    Retired,
    Into(Vec<Type>),
    Drop,
}

pub struct Field {
    /// `None` in a tuple.
    pub ident: Option<Ident>,
    pub ty: Type,
    pub serde: Vec<Meta>,
    /// Its doc comment.
    pub docs: String,
    pub since: Option<Since>,
    pub was: Vec<Was>,
    pub examples: Examples,
    /// Whether a key of it could not be read.
    pub broken: bool,
}

impl Field {
    /// Its name for people: that of the field, or its place.
    pub fn label(&self, at: usize) -> String {
        self.ident.as_ref().map_or_else(|| at.to_string(), unraw)
    }
}

/// Values of a field that no sample of the runtime's fits.
#[derive(Default)]
pub struct Examples {
    /// `example = …`.
    pub values: Vec<TokenStream>,
    /// `schemars`.
    pub schemars: bool,
    /// The keys of both, as they stand there.
    pub keys: Vec<Ident>,
}

impl Examples {
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && !self.schemars
    }
}

/// `since = N, default`.
pub struct Since {
    pub version: u16,
    pub span: Span,
    /// `None`: `Default::default()`.
    pub default: Option<TokenStream>,
}

/// `was(…)`.
pub struct Was {
    pub until: u16,
    pub until_span: Span,
    pub span: Span,
    pub name: Option<String>,
    pub name_span: Span,
    pub ty: Option<Type>,
    pub by: Conversion,
    /// Whether a key of it could not be read.
    pub broken: bool,
}

impl Was {
    /// Whether the field was the same by both.
    pub fn says_as(&self, other: &Self) -> bool {
        let text = |was: &Self| {
            let by = match &was.by {
                Conversion::From => String::new(),
                Conversion::With(function) => format!("with {function}"),
                Conversion::TryWith(function) => format!("try_with {function}"),
            };
            (was.name.clone(), was.ty.to_token_stream().to_string(), by)
        };
        text(self) == text(other)
    }
}

/// How a field's older type becomes its type now.
pub enum Conversion {
    /// As it is, or by `From`.
    From,
    With(TokenStream),
    TryWith(TokenStream),
}

impl Form {
    pub fn of(fields: &Fields) -> Self {
        match fields {
            Fields::Named(_) => Self::Named,
            Fields::Unnamed(fields) if !fields.unnamed.is_empty() => Self::Tuple,
            Fields::Unnamed(_) | Fields::Unit => Self::Unit,
        }
    }
}
