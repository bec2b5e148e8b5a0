//! What was learned, type by type, as one tree.

use super::Traced;
use crate::shape::format::{Content, Field, Format, Named, Unknown};

/// The content of a variant that is told by a field: where nothing but null is read, it has none.
fn untagged(content: Content) -> Content {
    match &content {
        Content::Newtype(Format::Any(taken)) if *taken == ["null"] => Content::Unit,
        Content::Newtype(Format::Plain(word)) if word == "null" => Content::Unit,
        _ => content,
    }
}

impl Traced {
    /// The whole as a tree.
    pub(in crate::shape) fn format(&self) -> Format {
        self.resolve(&self.root, &mut Vec::new())
    }

    fn resolve(&self, format: &Format, within: &mut Vec<String>) -> Format {
        match format {
            Format::Optional(inner) => Format::Optional(Box::new(self.resolve(inner, within))),
            Format::List(inner) => Format::List(Box::new(self.resolve(inner, within))),
            Format::Map(key, value) => Format::Map(
                Box::new(self.resolve(key, within)),
                Box::new(self.resolve(value, within)),
            ),
            Format::Tuple(parts) => Format::Tuple(self.resolve_all(parts, within)),
            Format::Named(key) => self.resolve_named(key, within),
            other => other.clone(),
        }
    }

    fn resolve_all(&self, parts: &[Format], within: &mut Vec<String>) -> Vec<Format> {
        parts
            .iter()
            .map(|part| self.resolve(part, within))
            .collect()
    }

    fn resolve_named(&self, key: &str, within: &mut Vec<String>) -> Format {
        let Some(named) = self.named.get(key) else {
            return Format::Unseen;
        };
        if within.iter().any(|it| it == key) {
            let (Named::Struct(name, _) | Named::Enum(name, _)) = named;
            return Format::Again((*name).to_owned());
        }
        within.push(key.to_owned());
        let format = match named {
            Named::Struct(name, content) => {
                // Generated shadows have names of no interest.
                let name = Some(*name).filter(|name| !name.starts_with("__"));
                let name = name.unwrap_or_default().to_owned();
                match self.resolve_content(key, content, within) {
                    Content::Newtype(inner) => inner,
                    Content::Tuple(parts) => Format::Tuple(parts),
                    Content::Fields(fields) => Format::Struct(name, fields, self.unknown(key)),
                    Content::Unit => Format::plain("null"),
                    Content::Unseen => Format::Unseen,
                }
            }
            Named::Enum(name, variants) => {
                let variants = variants.iter().map(|(variant, content)| {
                    let key = format!("{key}::{variant}");
                    // What differs in Rust alone is one in JSON.
                    let content = match self.resolve_content(&key, content, within) {
                        Content::Unseen => Content::Newtype(Format::Unseen),
                        Content::Tuple(parts) => Content::Newtype(Format::Tuple(parts)),
                        Content::Fields(fields) => Content::Newtype(Format::Struct(
                            String::new(),
                            fields,
                            self.unknown(&key),
                        )),
                        content => content,
                    };
                    ((*variant).to_owned(), content)
                });
                let name = (*name).to_owned();
                match self.tags.get(key) {
                    None => Format::Enum(name, variants.collect()),
                    Some(tags) => {
                        let variants = variants.map(|(name, content)| (name, untagged(content)));
                        Format::Tagged(name, tags.clone(), variants.collect())
                    }
                }
            }
        };
        within.pop();
        format
    }

    /// What a type does with a field that it does not know.
    fn unknown(&self, key: &str) -> Unknown {
        if self.strict.contains(key) {
            Unknown::Refused
        } else {
            Unknown::PassedOver
        }
    }

    fn resolve_content(&self, key: &str, content: &Content, within: &mut Vec<String>) -> Content {
        match content {
            Content::Newtype(inner) => Content::Newtype(self.resolve(inner, within)),
            Content::Tuple(parts) => Content::Tuple(self.resolve_all(parts, within)),
            Content::Fields(fields) => {
                let alias_of = |name: &str| self.aliases.get(&(key.to_owned(), name.to_owned()));
                let own = fields
                    .iter()
                    .filter(|field| alias_of(&field.name).is_none());
                Content::Fields(
                    own.map(|field| Field {
                        name: field.name.clone(),
                        format: self.resolve(&field.format, within),
                        required: !self.spared.contains(&(key.to_owned(), field.name.clone())),
                        aliases: fields
                            .iter()
                            .filter(|it| alias_of(&it.name) == Some(&field.name))
                            .map(|it| it.name.clone())
                            .collect(),
                    })
                    .collect(),
                )
            }
            other => other.clone(),
        }
    }
}
