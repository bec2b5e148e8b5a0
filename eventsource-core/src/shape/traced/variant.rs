//! Which variant of an enum a pass gives.

use super::Traced;
use crate::shape::format::{Content, Format, Named, Tags};
use crate::shape::tracer::Tagged;

impl Traced {
    /// Whether an enum in here has variants that this mode has not seen, or that lead to the field that is looked at.
    fn has_more(&self, format: &Format, within: &mut Vec<String>) -> bool {
        match format {
            Format::Optional(inner) | Format::List(inner) => self.has_more(inner, within),
            Format::Map(key, value) => self.has_more(key, within) || self.has_more(value, within),
            Format::Tuple(parts) => parts.iter().any(|part| self.has_more(part, within)),
            Format::Named(key) if !within.contains(key) => {
                within.push(key.clone());
                if self.looks_at(key) {
                    return true;
                }
                match self.named.get(key) {
                    Some(Named::Struct(_, content)) => self.content_has_more(content, within),
                    Some(Named::Enum(_, variants)) => {
                        self.is_unfinished(key, variants.len())
                            || variants.iter().any(|(variant, content)| {
                                self.looks_at(&format!("{key}::{variant}"))
                                    || self.content_has_more(content, within)
                            })
                    }
                    None => false,
                }
            }
            _ => false,
        }
    }

    /// Whether the field that is looked at is one of this type's.
    fn looks_at(&self, key: &str) -> bool {
        self.probed
            .as_ref()
            .is_some_and(|(probed, _)| probed == key)
    }

    /// Whether there are variants that this mode is still to see.
    pub(super) fn is_unfinished(&self, key: &str, variants: usize) -> bool {
        self.probed.is_none() && self.done.get(key).copied().unwrap_or(0) < variants
    }

    fn content_has_more(&self, content: &Content, within: &mut Vec<String>) -> bool {
        match content {
            Content::Unseen | Content::Unit => false,
            Content::Newtype(inner) => self.has_more(inner, within),
            Content::Tuple(parts) => parts.iter().any(|part| self.has_more(part, within)),
            Content::Fields(fields) => fields
                .iter()
                .any(|field| self.has_more(&field.format, within)),
        }
    }

    /// Which variant to give.
    pub(in crate::shape) fn variant(&self, key: &str, count: usize, rounds: usize) -> usize {
        if rounds > 1 {
            return self.ends.get(key).copied().unwrap_or(0).min(count - 1);
        }
        if rounds == 0 && self.is_unfinished(key, count) {
            return self.done.get(key).copied().unwrap_or(0);
        }
        let Some(Named::Enum(_, variants)) = self.named.get(key) else {
            return 0;
        };
        let mut within = vec![key.to_owned()];
        variants
            .iter()
            .position(|(variant, content)| {
                self.looks_at(&format!("{key}::{variant}"))
                    || self.content_has_more(content, &mut within)
            })
            .unwrap_or_else(|| self.ends.get(key).copied().unwrap_or(0).min(count - 1))
    }

    /// No sample fits the innermost variant that was chosen: it is passed over. Whether there was one.
    pub(super) fn give_up(&mut self, mut chosen: Vec<(String, usize)>) -> bool {
        while let Some((key, at)) = chosen.pop() {
            let done = self.done.entry(key).or_default();
            if *done == at {
                *done += 1;
                return true;
            }
        }
        false
    }

    /// The variant's name stands in one field of the struct, and its content in another.
    pub(in crate::shape) fn learn_tagged(
        &mut self,
        key: &str,
        name: &'static str,
        tagged: Tagged,
        content: Option<(String, Format)>,
    ) {
        let Tagged {
            key: tag_key,
            tag,
            at,
            ..
        } = tagged;
        if let Some((field, format)) = content {
            if let Some(Named::Enum(_, variants)) = self.named.get_mut(&tag_key)
                && let Some((_, known)) = variants.get_mut(at)
            {
                known.learn(Content::Newtype(format));
            }
            self.tags.insert(
                tag_key.clone(),
                Tags {
                    tag,
                    content: field,
                },
            );
        }
        let content = Content::Newtype(Format::Named(tag_key));
        self.learn(key, Named::Struct(name, content));
    }

    /// The type took this variant, where the enum does not stand within itself.
    pub(in crate::shape) fn took_variant(&mut self, key: String, at: usize) {
        let done = self.done.entry(key).or_default();
        if at == *done {
            *done += 1;
            self.learned = true;
        }
    }
}
