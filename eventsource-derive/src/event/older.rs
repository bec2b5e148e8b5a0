//! How older versions are read, in the words of the declaration: where they change, older events lead to another state.

use std::fmt::Write as _;

use quote::ToTokens;

use super::model::{Conversion, Field, Kind, UpcastBy};

/// The changes of an event's fields and its upcasts, a line each; empty where there are none.
pub fn older(kind: &Kind) -> String {
    let mut text = String::new();
    for (at, field) in kind.fields.iter().enumerate() {
        of_field(&mut text, &field.label(at), field);
    }
    for upcast in &kind.upcasts {
        let by = match &upcast.by {
            UpcastBy::Type(ty) => format!("type {}", words(ty)),
            UpcastBy::Value(function) => format!("with {}", words(function)),
        };
        line(&mut text, &format!("{}: {by}", upcast.from));
    }
    text
}

fn of_field(text: &mut String, label: &str, field: &Field) {
    if let Some(since) = &field.since {
        let default = since.default.as_ref().map(words).unwrap_or_default();
        line(text, &format!("{label} since {}: {default}", since.version));
    }
    for was in &field.was {
        let name = was.name.as_deref().unwrap_or_default();
        let ty = was.ty.as_ref().map(words).unwrap_or_default();
        let by = match &was.by {
            Conversion::From => String::new(),
            Conversion::With(function) => format!("with {}", words(function)),
            Conversion::TryWith(function) => format!("try_with {}", words(function)),
        };
        line(
            text,
            &format!("{label} until {}: {name} {ty} {by}", was.until),
        );
    }
}

fn words(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}

fn line(text: &mut String, line: &str) {
    // Writing to a string never fails.
    let _ = writeln!(text, "{line}");
}
