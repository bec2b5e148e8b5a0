//! The shape of a JSON column's type in one line of a table's description, which is compared for as long as there is the table.
//!
//! So it says what rows are made of, and nothing that may change without them: no Rust names, no order of fields, no widths of numbers, no
//! defaults and aliases. Where anything of a type was not seen, nothing is said: a later release may see it.

use std::panic::catch_unwind;

use serde::de::DeserializeOwned;

use super::format::{Content, Field, Format};
use super::format_of;

/// What `T` is made of; `None` where it does not tell.
pub(crate) fn line_of<T: DeserializeOwned>() -> Option<String> {
    // A type that refuses what it is shown by a panic is one that does not tell.
    catch_unwind(|| of_format(&format_of::<T>())).ok()?
}

fn of_format(format: &Format) -> Option<String> {
    Some(match format {
        Format::Unseen | Format::Named(_) | Format::Any(_) | Format::Opaque(_) => return None,
        Format::Plain(word) => of_word(word).to_owned(),
        Format::Text(_) => "text".to_owned(),
        Format::Optional(inner) => format!("optional {}", of_format(inner)?),
        Format::List(inner) => format!("list of {}", of_format(inner)?),
        Format::Map(key, value) => format!("map of {} to {}", of_format(key)?, of_format(value)?),
        Format::Tuple(parts) => format!("({})", all(parts.iter().map(of_format))?.join(", ")),
        Format::Struct(_, fields, _) => of_fields(fields)?,
        Format::Enum(_, variants) => format!("one of {}", of_variants(variants)?),
        Format::Tagged(_, tags, variants) => {
            let (tag, content) = (label(&tags.tag), label(&tags.content));
            format!("one of {} in {tag} and {content}", of_variants(variants)?)
        }
        Format::Again(_) => "again".to_owned(),
    })
}

fn of_fields(fields: &[Field]) -> Option<String> {
    let fields = fields.iter();
    let fields = fields.map(|field| of_part(&label(&field.name), &field.format));
    let mut fields = all(fields)?;
    fields.sort_unstable();
    Some(format!("{{{}}}", fields.join(", ")))
}

fn of_variants(variants: &[(String, Content)]) -> Option<String> {
    let variants = variants.iter();
    let variants = variants.map(|(name, content)| of_content(&label(name), content));
    let mut variants = all(variants)?;
    variants.sort_unstable();
    Some(format!("{{{}}}", variants.join(", ")))
}

fn of_content(name: &str, content: &Content) -> Option<String> {
    match content {
        Content::Unseen => None,
        Content::Unit => Some(name.to_owned()),
        Content::Newtype(inner) => of_part(name, inner),
        Content::Tuple(parts) => of_part(name, &Format::Tuple(parts.clone())),
        Content::Fields(fields) => Some(format!("{name}: {}", of_fields(fields)?)),
    }
}

fn of_part(name: &str, format: &Format) -> Option<String> {
    Some(format!("{name}: {}", of_format(format)?))
}

/// A name that cannot be taken for anything else of the line.
fn label(name: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    if !name.is_empty() && name.chars().all(is_plain) {
        name.to_owned()
    } else {
        serde_json::Value::from(name).to_string()
    }
}

fn of_word(word: &str) -> &str {
    match word {
        "u8" | "u16" | "u32" | "u64" | "u128" | "i8" | "i16" | "i32" | "i64" | "i128" => "integer",
        "f32" | "f64" => "real",
        "bool" => "boolean",
        word => word,
    }
}

fn all(parts: impl Iterator<Item = Option<String>>) -> Option<Vec<String>> {
    parts.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    #[allow(dead_code, reason = "read by nobody but the tracer")]
    struct Address {
        street: String,
        numbers: Vec<u16>,
        flat: Option<i64>,
        #[serde(default, rename = "post code")]
        code: Code,
        rooms: BTreeMap<String, (f32, bool)>,
    }

    #[derive(Deserialize, Default)]
    #[allow(dead_code, reason = "read by nobody but the tracer")]
    enum Code {
        #[default]
        None,
        Old(u32),
        New {
            id: uuid::Uuid,
        },
    }

    /// What has been written down in tables is compared for ever: the words must not change.
    #[test]
    fn the_words_never_change() {
        assert_eq!(
            line_of::<Address>().as_deref(),
            Some(
                r#"{"post code": one of {New: {id: text}, None, Old: integer}, flat: optional integer, numbers: list of integer, rooms: map of text to (real, boolean), street: text}"#
            )
        );
    }

    #[test]
    fn nothing_is_said_that_may_change_without_the_rows() {
        #[derive(Deserialize)]
        #[allow(dead_code, reason = "read by nobody but the tracer")]
        struct Before {
            amount: u32,
            currency: String,
        }
        #[derive(Deserialize)]
        #[allow(dead_code, reason = "read by nobody but the tracer")]
        struct Behind {
            #[serde(default, alias = "unit")]
            currency: String,
            amount: i64,
        }
        assert_eq!(line_of::<Before>(), line_of::<Behind>());
    }

    #[test]
    fn of_what_does_not_tell_nothing_is_said() {
        struct Panics;
        impl<'de> Deserialize<'de> for Panics {
            fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
                panic!("it does not like that")
            }
        }
        assert_eq!(line_of::<Panics>(), None);
        assert_eq!(line_of::<serde_json::Value>(), None);
        assert_eq!(line_of::<Vec<serde_json::Value>>(), None);
    }
}
