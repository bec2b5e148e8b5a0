//! What differs between a shape that was released and the shape of today, seen from who reads what was written.

use crate::shape::{Content, Field, Format, UNSEEN_LIST, UNSEEN_OBJECT, Unknown};

/// One difference.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Difference {
    /// The fields and variants that lead there.
    pub(crate) path: Vec<String>,
    pub(crate) change: Change,
}

/// What changed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    /// A field that payloads may lack.
    AddedOptional(Field),
    /// A field that payloads must have, and the released ones lack.
    Added(Field),
    /// A field that is no longer read.
    Removed(Field),
    /// A field that has another name, and perhaps another type.
    Renamed(Field, Field),
    /// Another type, which does not read all that the released one could be.
    Retyped(Format, Format),
    /// What may be absent or null must now be there.
    Required(Format),
    /// A variant that the released program does not know.
    AddedVariant(String),
    /// A variant that is no longer read.
    RemovedVariant(String),
    /// A variant that has another name.
    RenamedVariant(String, String),
    /// A type that reads all that the released one could be, and more.
    Wider(Format, Format),
    /// A field that is no longer read, in a struct that refuses it.
    Refused(Field),
    /// A struct that refuses what it does not know, as the released one did not.
    Stricter,
    /// A struct that passes over what it does not know, as the released one did not.
    Looser,
}

impl Change {
    /// Whether every payload that was released is still read, to the same value.
    pub(crate) fn is_safe(&self) -> bool {
        matches!(
            self,
            Self::AddedOptional(_)
                | Self::AddedVariant(_)
                | Self::Wider(..)
                | Self::Stricter
                | Self::Looser
        )
    }
}

/// What differs where `reader` reads what `writer` wrote.
pub(crate) fn differences(writer: &Format, reader: &Format) -> Vec<Difference> {
    let mut comparison = Comparison::default();
    comparison.formats(writer, reader);
    comparison.found
}

#[derive(Default)]
struct Comparison {
    path: Vec<String>,
    found: Vec<Difference>,
}

impl Comparison {
    fn add(&mut self, change: Change) {
        self.found.push(Difference {
            path: self.path.clone(),
            change,
        });
    }

    fn within(&mut self, step: &str, writer: &Format, reader: &Format) {
        self.path.push(step.to_owned());
        self.formats(writer, reader);
        self.path.pop();
    }

    fn formats(&mut self, writer: &Format, reader: &Format) {
        use Format::{
            Again, Any, Enum, List, Map, Opaque, Optional, Plain, Struct, Tagged, Text, Tuple,
            Unseen,
        };
        match (writer, reader) {
            // What cannot be seen is left to the golden payloads.
            (Unseen | Opaque(_) | Again(_), _) | (_, Unseen | Opaque(_) | Again(_)) => {}
            (Tuple(parts), List(element)) => {
                for (at, part) in parts.iter().enumerate() {
                    self.within(&at.to_string(), part, element);
                }
            }
            // Whether its names are keys is told by the golden payloads, which have them all.
            (Struct(_, fields, _), Map(_, value)) => {
                for field in fields {
                    self.within(&field.name, &field.format, value);
                }
            }
            (Plain(from), Plain(to)) if from == to => {}
            (Plain(from), Plain(to)) if widens(from, to) => self.wider(writer, reader),
            (Plain(from), Text(None)) if from == "char" => self.wider(writer, reader),
            (Text(from), Text(to)) => match (from, to) {
                (None, Some(_)) => self.retyped(writer, reader),
                (Some(_), None) => self.wider(writer, reader),
                // Two forms of texts may read each other: the golden payloads tell.
                _ => {}
            },
            (Optional(from), Optional(to)) | (List(from), List(to)) => self.formats(from, to),
            (Optional(from), Any(taken)) if takes(taken, "null") => self.formats(from, reader),
            (_, Optional(to)) => {
                let before = self.found.len();
                self.formats(writer, to);
                if self.found.len() == before {
                    self.wider(writer, reader);
                }
            }
            (Optional(_), _) => self.add(Change::Required(writer.clone())),
            (Map(from_key, from), Map(to_key, to)) => {
                self.within("{key}", from_key, to_key);
                self.within("{}", from, to);
            }
            (Tuple(from), Tuple(to)) if from.len() == to.len() => {
                for (at, (from, to)) in from.iter().zip(to).enumerate() {
                    self.within(&at.to_string(), from, to);
                }
            }
            (Struct(_, from, then), Struct(_, to, now)) => {
                match (then, now) {
                    (Unknown::PassedOver, Unknown::Refused) => self.add(Change::Stricter),
                    (Unknown::Refused, Unknown::PassedOver) => self.add(Change::Looser),
                    _ => {}
                }
                self.fields(from, to, *now);
            }
            (Enum(_, from), Enum(_, to)) => self.variants(from, to),
            (Tagged(_, then, from), Tagged(_, now, to)) if then == now => self.variants(from, to),
            (Enum(_, from), Text(None))
                if from.iter().all(|(_, content)| *content == Content::Unit) =>
            {
                self.wider(writer, reader);
            }
            (Any(from), Any(to)) => {
                let is_taken = |word: &String| takes(to, word);
                if !from.iter().all(is_taken) {
                    self.retyped(writer, reader);
                } else if !to.iter().all(|word| from.contains(word)) {
                    self.wider(writer, reader);
                }
            }
            (Any(_), _) => self.retyped(writer, reader),
            (from, Any(taken)) => {
                if !kinds(from).iter().all(|word| takes(taken, word)) {
                    self.retyped(writer, reader);
                }
            }
            _ => self.retyped(writer, reader),
        }
    }

    fn wider(&mut self, writer: &Format, reader: &Format) {
        self.add(Change::Wider(writer.clone(), reader.clone()));
    }

    fn retyped(&mut self, writer: &Format, reader: &Format) {
        self.add(Change::Retyped(writer.clone(), reader.clone()));
    }

    fn fields(&mut self, writer: &[Field], reader: &[Field], unknown: Unknown) {
        let read = |field: &Field| {
            reader
                .iter()
                .find(|it| it.name == field.name || it.aliases.contains(&field.name))
        };
        // A struct that was never read whole does not tell which of its fields may be absent: that is left to the golden payloads.
        let is_known = !reader.iter().any(|it| refuses(&it.format));
        let mut removed: Vec<&Field> = Vec::new();
        for field in writer {
            match read(field) {
                None => removed.push(field),
                Some(now) => {
                    let before = self.found.len();
                    self.within(&field.name, &field.format, &now.format);
                    // Of an `Option` that is none any more, its type says it already.
                    let is_said = self.found.get(before).is_some_and(|it| {
                        matches!(it.change, Change::Required(_))
                            && it.path.len() == self.path.len() + 1
                    });
                    if now.required && !field.required && is_known && !is_said {
                        self.path.push(field.name.clone());
                        self.add(Change::Required(field.format.clone()));
                        self.path.pop();
                    }
                }
            }
        }
        let is_read = |now: &Field| {
            writer
                .iter()
                .any(|field| field.name == now.name || now.aliases.contains(&field.name))
        };
        for added in reader.iter().filter(|now| !is_read(now)) {
            // What was removed where something of its type was added is most likely the same under another name.
            let twin = removed
                .iter()
                .position(|field| are_alike(&field.format, &added.format))
                .or_else(|| (added.required && removed.len() == 1).then_some(0));
            if let Some(at) = twin {
                let field = removed.remove(at);
                self.add(Change::Renamed(field.clone(), added.clone()));
            } else if added.required && is_known {
                self.add(Change::Added(added.clone()));
            } else {
                self.add(Change::AddedOptional(added.clone()));
            }
        }
        for field in removed {
            self.add(match unknown {
                Unknown::PassedOver => Change::Removed(field.clone()),
                Unknown::Refused => Change::Refused(field.clone()),
            });
        }
    }

    fn variants(&mut self, writer: &[(String, Content)], reader: &[(String, Content)]) {
        let mut added: Vec<&(String, Content)> = reader
            .iter()
            .filter(|(name, _)| !writer.iter().any(|(it, _)| it == name))
            .collect();
        for (name, content) in writer {
            let Some((_, now)) = reader.iter().find(|(it, _)| it == name) else {
                let twin = added
                    .iter()
                    .position(|(_, now)| content_differences(content, now).is_empty());
                let change = match twin {
                    Some(at) => Change::RenamedVariant(name.clone(), added.remove(at).0.clone()),
                    None => Change::RemovedVariant(name.clone()),
                };
                self.add(change);
                continue;
            };
            self.path.push(name.clone());
            self.contents(content, now);
            self.path.pop();
        }
        for (name, _) in added {
            self.add(Change::AddedVariant(name.clone()));
        }
    }

    fn contents(&mut self, writer: &Content, reader: &Content) {
        match (writer, reader) {
            (Content::Unit, Content::Unit) => {}
            (Content::Newtype(from), Content::Newtype(to)) => self.formats(from, to),
            (from, to) => {
                let format = |content: &Content| match content {
                    Content::Newtype(format) => format.clone(),
                    _ => Format::plain("nothing"),
                };
                self.retyped(&format(from), &format(to));
            }
        }
    }
}

fn content_differences(writer: &Content, reader: &Content) -> Vec<Difference> {
    let mut comparison = Comparison::default();
    comparison.contents(writer, reader);
    comparison.found
}

fn are_alike(one: &Format, other: &Format) -> bool {
    differences(one, other).is_empty() && differences(other, one).is_empty()
}

/// Whether a part of it was read from no sample, and from no example either, or takes more than was seen.
pub(crate) fn is_opaque(format: &Format) -> bool {
    refuses(format)
        || has(format, &|it| match it {
            Format::Any(taken) => {
                taken.is_empty()
                    || taken
                        .iter()
                        .any(|it| it == UNSEEN_LIST || it == UNSEEN_OBJECT)
            }
            _ => false,
        })
}

/// Whether a part of it was read from no sample, and from no example either.
fn refuses(format: &Format) -> bool {
    has(format, &|it| match it {
        Format::Opaque(word) => word != "example",
        it => *it == Format::Unseen,
    })
}

/// Whether it or a part of it is such.
pub(crate) fn has(format: &Format, is_such: &dyn Fn(&Format) -> bool) -> bool {
    if is_such(format) {
        return true;
    }
    match format {
        Format::Optional(inner) | Format::List(inner) => has(inner, is_such),
        Format::Map(key, value) => has(key, is_such) || has(value, is_such),
        Format::Tuple(parts) => parts.iter().any(|part| has(part, is_such)),
        Format::Struct(_, fields, _) => fields.iter().any(|field| has(&field.format, is_such)),
        Format::Enum(_, variants) | Format::Tagged(_, _, variants) => {
            variants.iter().any(|(_, content)| match content {
                Content::Newtype(inner) => has(inner, is_such),
                _ => false,
            })
        }
        _ => false,
    }
}

/// Whether a type that was seen to take these takes this. What it takes more of than was seen is left to the golden payloads.
fn takes(taken: &[String], word: &str) -> bool {
    let has = |word: &str| taken.iter().any(|it| it == word);
    let is_of = |kind: &str| word.strip_prefix("unseen ") == Some(kind);
    has(word)
        || has(&format!("unseen {word}"))
        || ["list", "object"]
            .into_iter()
            .any(|kind| is_of(kind) && has(kind))
}

/// What a payload of this format may be, in the words for what a type takes that takes anything.
fn kinds(format: &Format) -> Vec<&'static str> {
    match format {
        Format::Plain(word) => match word.as_str() {
            "null" => vec!["null"],
            "bool" => vec!["bool"],
            "char" => vec!["text"],
            "f32" | "f64" => vec!["fraction"],
            "u8" => vec!["number"],
            "u16" => vec!["number", "u16"],
            "u32" => vec!["number", "u16", "u32"],
            "u64" | "u128" => vec!["number", "u16", "u32", "u64"],
            "i8" | "i16" => vec!["number", "negative"],
            "i32" => vec!["number", "u16", "negative"],
            "i64" | "i128" => vec!["number", "u16", "u32", "negative"],
            "bytes" => vec!["list"],
            _ => Vec::new(),
        },
        Format::Text(None) => vec!["text"],
        Format::Optional(inner) => [&["null"], kinds(inner).as_slice()].concat(),
        Format::List(_) | Format::Tuple(_) => vec!["list"],
        Format::Map(..) | Format::Struct(..) | Format::Tagged(..) => vec!["object"],
        _ => Vec::new(),
    }
}

/// Whether every number of the first type is one of the second.
fn widens(from: &str, to: &str) -> bool {
    let size = |word: &str| word.get(1..).and_then(|bits| bits.parse::<u16>().ok());
    let (Some(from_bits), Some(to_bits)) = (size(from), size(to)) else {
        return false;
    };
    match (from.as_bytes().first(), to.as_bytes().first()) {
        (Some(b'u'), Some(b'u' | b'i')) | (Some(b'i'), Some(b'i')) | (Some(b'f'), Some(b'f')) => {
            from_bits < to_bits
        }
        _ => false,
    }
}
