//! One pass through a type, and what is known from all passes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Visitor};
use serde_json::{Map, Value};

use super::access::{Elements, Fields, Pairs, Positions, Variant};
use super::any::Anything;
use super::format::{Content, Field, Format, Named};
use super::samples::{NUMBERS, TEXTS};

/// Types within each other are followed so deep.
const DEPTH: usize = 64;
/// An enum within itself is followed so deep.
const ROUNDS: usize = 3;

/// What a pass leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Mode {
    /// Nothing.
    #[default]
    Full,
    /// What may be missing, though it is no `Option`.
    Defaults,
    /// All that may be missing.
    Least,
    /// That, and what lists and maps hold.
    Empty,
}

impl Mode {
    pub(super) const ALL: [Self; 4] = [Self::Full, Self::Defaults, Self::Least, Self::Empty];

    fn has_options(self) -> bool {
        matches!(self, Self::Full | Self::Defaults)
    }
}

/// A field of a type, by the type's key.
type FieldKey = (String, String);

/// What is known so far.
#[derive(Debug, Default)]
pub(super) struct Traced {
    root: Format,
    named: BTreeMap<String, Named>,
    mode: Mode,
    /// Which sample is next at a place.
    samples: HashMap<String, usize>,
    /// Keys that stand for a field that was given already, and that field.
    aliases: BTreeMap<FieldKey, String>,
    /// Fields that are given before their aliases.
    pub(super) first: BTreeSet<FieldKey>,
    /// The field that is left out, to see whether it is missed.
    probed: Option<FieldKey>,
    /// Fields that were left out, and not missed.
    spared: BTreeSet<FieldKey>,
    /// Fields that no sample fits: they are asked last, so that they hide nothing.
    pub(super) opaque: BTreeSet<String>,
    /// How many variants of an enum are done, in this mode.
    done: HashMap<String, usize>,
    /// Which variant ends an enum that stands within itself.
    ends: HashMap<String, usize>,
    pub(super) anything: Anything,
    /// Places of the last pass that take what comes.
    pub(super) open: Vec<String>,
    /// What was tried last, in this pass.
    pub(super) last: Last,
    learned: bool,
}

/// What the type was given last, before it refused.
#[derive(Debug, Default, Clone)]
pub(super) enum Last {
    #[default]
    Nothing,
    /// A sample, at this place, of so many.
    Sample(String, usize),
    /// One of the things that a type which takes anything may take, at this place.
    Any(String),
    /// A field's name.
    Key(String, String),
    /// A variant of an enum that stands too deep within itself.
    Within(String),
}

impl Traced {
    pub(super) fn begin(&mut self, mode: Mode) {
        self.mode = mode;
        self.probed = None;
        self.done.clear();
        self.learned = false;
    }

    /// Whether another pass may tell more.
    pub(super) fn goes_on(&mut self, refused: Option<Refused>) -> bool {
        let last = std::mem::take(&mut self.last);
        let open = std::mem::take(&mut self.open);
        if let Some(refused) = refused {
            return self.goes_on_after(refused, last);
        }
        let mut more = false;
        for place in open {
            more |= self.anything.took(&place);
        }
        let unseen = self.named.iter().any(|(key, named)| match named {
            Named::Enum(_, variants) => self.is_unfinished(key, variants.len()),
            Named::Struct(..) => false,
        });
        (unseen && std::mem::take(&mut self.learned)) || more
    }

    fn goes_on_after(&mut self, refused: Refused, last: Last) -> bool {
        match last {
            Last::Nothing => std::mem::take(&mut self.learned),
            Last::Sample(place, samples) => {
                let next = self.samples.entry(place.clone()).or_default();
                *next += 1;
                *next < samples || self.opaque.insert(place)
            }
            Last::Any(place) => self.anything.pass_over(&place) || self.opaque.insert(place),
            Last::Key(key, field) => match refused.duplicate {
                // Given before under another name: its own name is to come first.
                Some(name) if name == field => self.first.insert((key, field)),
                name => {
                    let name = name.unwrap_or_default().to_owned();
                    self.aliases.insert((key, field), name).is_none()
                }
            },
            Last::Within(key) => {
                let ends = self.ends.entry(key).or_default();
                *ends += 1;
                *ends < DEPTH
            }
        }
    }

    /// The type took what it was given of these fields.
    pub(super) fn spare(&mut self, key: &str, fields: &[&'static str], given: &Map<String, Value>) {
        let left_out = fields.iter().filter(|field| !given.contains_key(**field));
        let left_out = left_out.map(|field| (key.to_owned(), (*field).to_owned()));
        self.spared.extend(left_out);
    }

    pub(super) fn learn(&mut self, key: &str, named: Named) {
        match (self.named.get_mut(key), named) {
            (Some(Named::Struct(_, mine)), Named::Struct(_, other)) => mine.learn(other),
            (Some(Named::Enum(_, mine)), Named::Enum(_, other)) => {
                for ((_, mine), (_, other)) in mine.iter_mut().zip(other) {
                    mine.learn(other);
                }
            }
            (_, named) => {
                self.named.insert(key.to_owned(), named);
            }
        }
    }

    /// Whether a field was seen to be an `Option`.
    fn is_optional(&self, key: &str, field: &str) -> bool {
        let is = |fields: &[Field]| {
            fields
                .iter()
                .any(|it| it.name == field && matches!(it.format, Format::Optional(_)))
        };
        if let Some(Named::Struct(_, Content::Fields(fields))) = self.named.get(key) {
            return is(fields);
        }
        key.rsplit_once("::").is_some_and(|(key, variant)| {
            matches!(self.named.get(key), Some(Named::Enum(_, variants)) if variants.iter().any(
                |(name, content)| *name == variant && matches!(content, Content::Fields(fields) if is(fields)),
            ))
        })
    }

    /// All fields of all types, to be left out one at a time.
    pub(super) fn fields(&self) -> Vec<FieldKey> {
        let mut keys = Vec::new();
        let mut add = |key: String, content: &Content| {
            if let Content::Fields(fields) = content {
                keys.extend(fields.iter().map(|field| (key.clone(), field.name.clone())));
            }
        };
        for (key, named) in &self.named {
            match named {
                Named::Struct(_, content) => add(key.clone(), content),
                Named::Enum(_, variants) => {
                    for (variant, content) in variants {
                        add(format!("{key}::{variant}"), content);
                    }
                }
            }
        }
        keys
    }

    /// The next pass leaves out this field alone.
    pub(super) fn probe(&mut self, field: FieldKey) {
        self.begin(Mode::Full);
        self.probed = Some(field);
    }

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
    fn is_unfinished(&self, key: &str, variants: usize) -> bool {
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
    fn variant(&self, key: &str, count: usize, rounds: usize) -> usize {
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

    /// The whole as a tree.
    pub(super) fn format(&self) -> Format {
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
                    Content::Fields(fields) => Format::Struct(name, fields),
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
                        Content::Fields(fields) => {
                            Content::Newtype(Format::Struct(String::new(), fields))
                        }
                        content => content,
                    };
                    ((*variant).to_owned(), content)
                });
                Format::Enum((*name).to_owned(), variants.collect())
            }
        };
        within.pop();
        format
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

/// What was asked for at a place, and what it was given.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) format: Format,
    pub(super) value: Value,
}

/// The way through one pass.
pub(super) struct Tracer<'a> {
    pub(super) traced: &'a mut Traced,
    /// Where it is, as a path.
    path: Vec<String>,
    /// The named types that it is within.
    within: Vec<String>,
    /// How many numbers and texts it has given.
    given: u8,
}

impl<'a> Tracer<'a> {
    pub(super) fn new(traced: &'a mut Traced) -> Self {
        Self {
            traced,
            path: Vec::new(),
            within: Vec::new(),
            given: 1,
        }
    }

    /// One pass: what the type was given, where it took it.
    pub(super) fn pass<T: DeserializeOwned>(&mut self) -> Result<Value, Refused> {
        let mut seen = Seen::default();
        let result = T::deserialize(Place {
            tracer: self,
            seen: &mut seen,
        });
        self.traced.root.learn(seen.format);
        result.map(|_| seen.value)
    }

    /// Reads one part of what it is within.
    pub(super) fn at<'de, S: DeserializeSeed<'de>>(
        &mut self,
        step: &str,
        seed: S,
        part: &mut Seen,
    ) -> Result<S::Value, Refused> {
        self.path.push(step.to_owned());
        let result = seed.deserialize(Place {
            tracer: self,
            seen: part,
        });
        self.path.pop();
        result
    }

    pub(super) fn place(&self) -> String {
        self.path.join(".")
    }

    /// The place of a field of what it is within.
    pub(super) fn place_of(&self, field: &str) -> String {
        let mut place = self.place();
        if !place.is_empty() {
            place.push('.');
        }
        place.push_str(field);
        place
    }

    /// Whether a field is not given in this mode.
    pub(super) fn leaves_out(&self, key: &str, field: &str) -> bool {
        let traced = &*self.traced;
        let known = (key.to_owned(), field.to_owned());
        if traced.aliases.contains_key(&known) {
            return true;
        }
        if traced.probed.as_ref() == Some(&known) {
            return true;
        }
        let spared = traced.spared.contains(&known);
        match traced.mode {
            Mode::Full => false,
            Mode::Defaults => spared && !traced.is_optional(key, field),
            Mode::Least | Mode::Empty => spared,
        }
    }

    /// Whether the type that is now described stands within itself.
    fn is_within_itself(&self) -> bool {
        self.within.last().is_some_and(|last| self.rounds(last) > 1) || self.within.len() >= DEPTH
    }

    fn rounds(&self, key: &str) -> usize {
        self.within.iter().filter(|it| *it == key).count()
    }

    /// A small number that no other place of this pass was given.
    pub(super) fn number(&mut self) -> u8 {
        self.given = (self.given + 1).min(99);
        self.given
    }

    /// A text that no other place of this pass was given.
    pub(super) fn text(&mut self) -> String {
        format!("text {}", self.number())
    }

    /// Which sample to try here, of so many.
    fn sample(&mut self, samples: usize) -> usize {
        let place = self.place();
        let at = self.traced.samples.get(&place).copied().unwrap_or(0);
        self.traced.last = Last::Sample(place, samples);
        at
    }

    /// The number to try here.
    fn next_number(&mut self) -> Option<u8> {
        let own = self.number();
        let at = self.sample(NUMBERS.len() + 1);
        match at.checked_sub(1) {
            None => Some(own),
            Some(at) => NUMBERS.get(at).copied(),
        }
    }
}

/// The type refused what it was given.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Refused {
    /// The field that it was given twice.
    duplicate: Option<&'static str>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused")
    }
}

impl std::error::Error for Refused {}

impl serde::de::Error for Refused {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::default()
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self {
            duplicate: Some(field),
        }
    }
}

/// A place of the type: the deserializer that writes down what is asked of it.
pub(super) struct Place<'t, 'a> {
    pub(super) tracer: &'t mut Tracer<'a>,
    pub(super) seen: &'t mut Seen,
}

/// What a named type is known by: its name, and the type that reads it, since two types may have one name.
fn key_of<V>(name: &str) -> String {
    format!("{name} {}", std::any::type_name::<V>())
}

macro_rules! numbers {
    ($($method:ident => $visit:ident($type:ty) $word:literal),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
            let Some(sample) = self.tracer.next_number() else {
                self.seen.format = Format::Opaque($word.into());
                return Err(Refused::default());
            };
            self.seen.format = Format::plain($word);
            self.seen.value = sample.into();
            visitor.$visit(<$type>::from(sample))
        }
    )*};
}

macro_rules! fractions {
    ($($method:ident => $visit:ident($type:ty) $word:literal),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
            let Some(sample) = self.tracer.next_number() else {
                self.seen.format = Format::Opaque($word.into());
                return Err(Refused::default());
            };
            // Halves are exact in both sizes.
            let sample = <$type>::from(sample) + 0.5;
            self.seen.format = Format::plain($word);
            self.seen.value = Value::from(sample);
            visitor.$visit(sample)
        }
    )*};
}

impl<'de> Deserializer<'de> for Place<'_, '_> {
    type Error = Refused;

    numbers! {
        deserialize_u8 => visit_u8(u8) "u8",
        deserialize_u16 => visit_u16(u16) "u16",
        deserialize_u32 => visit_u32(u32) "u32",
        deserialize_u64 => visit_u64(u64) "u64",
        deserialize_u128 => visit_u128(u128) "u128",
        deserialize_i16 => visit_i16(i16) "i16",
        deserialize_i32 => visit_i32(i32) "i32",
        deserialize_i64 => visit_i64(i64) "i64",
        deserialize_i128 => visit_i128(i128) "i128",
    }

    fractions! {
        deserialize_f32 => visit_f32(f32) "f32",
        deserialize_f64 => visit_f64(f64) "f64",
    }

    fn deserialize_i8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        let Some(sample) = self
            .tracer
            .next_number()
            .and_then(|it| i8::try_from(it).ok())
        else {
            self.seen.format = Format::Opaque("i8".into());
            return Err(Refused::default());
        };
        self.seen.format = Format::plain("i8");
        self.seen.value = sample.into();
        visitor.visit_i8(sample)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.give_anything(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.seen.format = Format::plain("ignored");
        self.tracer.traced.last = Last::Nothing;
        visitor.visit_unit()
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        let value = self.tracer.traced.mode.has_options();
        self.seen.format = Format::plain("bool");
        self.seen.value = value.into();
        visitor.visit_bool(value)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.seen.format = Format::plain("char");
        self.seen.value = "a".into();
        visitor.visit_char('a')
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        let own = self.tracer.text();
        let at = self.tracer.sample(TEXTS.len() + 1);
        let Some(at) = at.checked_sub(1) else {
            self.seen.format = Format::Text(None);
            self.seen.value = own.as_str().into();
            return visitor.visit_string(own);
        };
        let Some(&like) = TEXTS.get(at) else {
            self.seen.format = Format::Opaque("text".into());
            return Err(Refused::default());
        };
        self.seen.format = Format::Text(Some(like.to_owned()));
        self.seen.value = like.into();
        visitor.visit_borrowed_str(like)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.seen.format = Format::plain("bytes");
        self.seen.value = vec![1, 2].into();
        visitor.visit_borrowed_bytes(&[1, 2])
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.seen.format = Format::plain("null");
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        if self.tracer.is_within_itself() || !self.tracer.traced.mode.has_options() {
            self.seen.format = Format::Optional(Box::default());
            return visitor.visit_none();
        }
        let mut seen = Seen::default();
        let result = visitor.visit_some(Place {
            tracer: self.tracer,
            seen: &mut seen,
        });
        self.seen.format = Format::Optional(Box::new(seen.format));
        self.seen.value = seen.value;
        result
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        let (mut element, mut values) = (Format::Unseen, Vec::new());
        let empty = self.tracer.is_within_itself() || self.tracer.traced.mode == Mode::Empty;
        let result = visitor.visit_seq(Elements {
            tracer: self.tracer,
            format: &mut element,
            values: &mut values,
            left: usize::from(!empty),
        });
        self.seen.format = Format::List(Box::new(element));
        self.seen.value = Value::Array(values);
        result
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        let mut parts: Vec<Seen> = (0..len).map(|_| Seen::default()).collect();
        let result = visitor.visit_seq(Positions {
            tracer: self.tracer,
            seen: parts.iter_mut(),
            at: 0,
        });
        let (formats, values) = parts.into_iter().map(|it| (it.format, it.value)).unzip();
        self.seen.format = Format::Tuple(formats);
        self.seen.value = Value::Array(values);
        result
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        let (mut key, mut value) = (Format::Unseen, Format::Unseen);
        let mut object = Map::new();
        let empty = self.tracer.is_within_itself() || self.tracer.traced.mode == Mode::Empty;
        let result = visitor.visit_map(Pairs {
            tracer: self.tracer,
            key: &mut key,
            value: &mut value,
            name: String::new(),
            object: &mut object,
            left: usize::from(!empty),
        });
        self.seen.format = Format::Map(Box::new(key), Box::new(value));
        self.seen.value = Value::Object(object);
        result
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        let key = key_of::<V>(name);
        let mut seen = Seen::default();
        self.tracer.within.push(key.clone());
        let result = visitor.visit_newtype_struct(Place {
            tracer: &mut *self.tracer,
            seen: &mut seen,
        });
        self.tracer.within.pop();
        let content = Content::Newtype(seen.format);
        self.tracer.traced.learn(&key, Named::Struct(name, content));
        self.seen.format = Format::Named(key);
        self.seen.value = seen.value;
        result
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        let key = key_of::<V>(name);
        let mut seen = Seen::default();
        self.tracer.within.push(key.clone());
        let result = Place {
            tracer: &mut *self.tracer,
            seen: &mut seen,
        }
        .deserialize_tuple(len, visitor);
        self.tracer.within.pop();
        if let Format::Tuple(parts) = seen.format {
            let content = Content::Tuple(parts);
            self.tracer.traced.learn(&key, Named::Struct(name, content));
        }
        self.seen.format = Format::Named(key);
        self.seen.value = seen.value;
        result
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        if self.tracer.within.len() >= DEPTH {
            return Err(Refused::default());
        }
        let key = key_of::<V>(name);
        let (mut seen, mut object) = (Vec::new(), Map::new());
        self.tracer.within.push(key.clone());
        let result = visitor.visit_map(Fields::new(
            &mut *self.tracer,
            key.clone(),
            fields,
            &mut seen,
            &mut object,
        ));
        self.tracer.within.pop();
        if result.is_ok() {
            self.tracer.traced.spare(&key, fields, &object);
        }
        let content = Content::Fields(seen);
        self.tracer.traced.learn(&key, Named::Struct(name, content));
        self.seen.format = Format::Named(key);
        self.seen.value = Value::Object(object);
        result
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        let key = key_of::<V>(name);
        self.seen.format = Format::Named(key.clone());
        let unseen = variants.iter().map(|it| (*it, Content::Unseen)).collect();
        self.tracer.traced.learn(&key, Named::Enum(name, unseen));
        let rounds = self.tracer.rounds(&key);
        if variants.is_empty() || rounds >= ROUNDS {
            self.tracer.traced.last = Last::Within(key);
            return Err(Refused::default());
        }
        let at = self.tracer.traced.variant(&key, variants.len(), rounds);
        let Some(variant) = variants.get(at) else {
            return Err(Refused::default());
        };
        self.tracer.within.push(key.clone());
        self.tracer.path.push(format!("{name}::{variant}"));
        let mut content = Content::Unseen;
        let result = visitor.visit_enum(Variant {
            tracer: &mut *self.tracer,
            key: &key,
            name: variant,
            content: &mut content,
            value: &mut self.seen.value,
        });
        self.tracer.path.pop();
        self.tracer.within.pop();
        let learned = variants.iter().enumerate().map(|(place, it)| {
            let known = (place == at).then(|| content.clone());
            (*it, known.unwrap_or_default())
        });
        let learned = Named::Enum(name, learned.collect());
        let traced = &mut *self.tracer.traced;
        traced.learn(&key, learned);
        let done = traced.done.entry(key).or_default();
        if result.is_ok() && rounds == 0 && at == *done {
            *done += 1;
            traced.learned = true;
        }
        result
    }
}

/// A field's or a variant's name, given to a type that asks for it.
pub(super) fn identifier<'de, V: DeserializeSeed<'de>>(
    seed: V,
    name: &'static str,
) -> Result<V::Value, Refused> {
    seed.deserialize(BorrowedStrDeserializer::<Refused>::new(name))
}
