//! One pass through a type, and what is known from all passes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Visitor};

use super::access::{Elements, Fields, Pairs, Positions, Variant};
use super::format::{Content, Format, Named};
use super::samples::{NUMBERS, TEXTS};

/// Types within themselves are followed so deep.
const DEPTH: usize = 48;

/// What is known so far.
#[derive(Debug, Default)]
pub(super) struct Traced {
    root: Format,
    pub(super) named: BTreeMap<String, Named>,
    /// Which sample is next at a place.
    samples: HashMap<String, usize>,
    /// Keys that stand for a field that was given already: aliases.
    pub(super) aliases: BTreeSet<String>,
    /// Fields that no sample fits: they are asked last, so that they hide nothing.
    pub(super) opaque: BTreeSet<String>,
    /// How many variants of an enum are done.
    pub(super) done: HashMap<String, usize>,
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
    /// A field's name, at this place.
    Key(String),
}

impl Traced {
    /// Whether another pass may tell more.
    pub(super) fn goes_on(&mut self, succeeded: bool) -> bool {
        if !succeeded {
            return match std::mem::take(&mut self.last) {
                Last::Nothing => std::mem::take(&mut self.learned),
                Last::Sample(place, samples) => {
                    let next = self.samples.entry(place.clone()).or_default();
                    *next += 1;
                    *next < samples || self.opaque.insert(place)
                }
                Last::Key(place) => self.aliases.insert(place),
            };
        }
        let unseen = self.named.iter().any(|(key, named)| match named {
            Named::Enum(_, variants) => self.done.get(key).copied().unwrap_or(0) < variants.len(),
            Named::Struct(..) => false,
        });
        unseen && std::mem::take(&mut self.learned)
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

    /// A variant is done: the next pass looks at the next one.
    pub(super) fn finish_variant(&mut self, key: &str) {
        *self.done.entry(key.to_owned()).or_default() += 1;
        self.learned = true;
    }

    pub(super) fn describe(&self) -> String {
        let mut lines = vec![self.root.to_string()];
        lines.extend(self.named.values().map(ToString::to_string));
        lines.join("\n")
    }
}

/// The way through one pass.
pub(super) struct Tracer<'a> {
    pub(super) traced: &'a mut Traced,
    /// Where it is, as a path.
    pub(super) path: Vec<String>,
    /// The named types that it is within.
    pub(super) within: Vec<String>,
}

impl<'a> Tracer<'a> {
    pub(super) fn new(traced: &'a mut Traced) -> Self {
        Self {
            traced,
            path: Vec::new(),
            within: Vec::new(),
        }
    }

    pub(super) fn pass<T: DeserializeOwned>(&mut self) -> Result<(), Refused> {
        let mut root = Format::Unseen;
        let result = T::deserialize(Place {
            tracer: self,
            format: &mut root,
        })
        .map(drop);
        self.traced.root.learn(root);
        result
    }

    pub(super) fn place(&self) -> String {
        self.path.join(".")
    }

    /// Whether the type that is now described stands within itself.
    pub(super) fn is_within_itself(&self) -> bool {
        self.within
            .last()
            .is_some_and(|last| self.within.iter().filter(|it| *it == last).count() > 1)
            || self.within.len() >= DEPTH
    }

    /// The sample to try here.
    fn sample<T: Copy>(&mut self, samples: &[T]) -> Option<T> {
        let place = self.place();
        let at = self.traced.samples.get(&place).copied().unwrap_or(0);
        self.traced.last = Last::Sample(place, samples.len());
        samples.get(at).copied()
    }
}

/// The type refused what it was given.
#[derive(Debug)]
pub(super) struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused")
    }
}

impl std::error::Error for Refused {}

impl serde::de::Error for Refused {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// A place of the type: the deserializer that writes down what is asked of it.
pub(super) struct Place<'t, 'a> {
    pub(super) tracer: &'t mut Tracer<'a>,
    pub(super) format: &'t mut Format,
}

macro_rules! numbers {
    ($($method:ident => $visit:ident($type:ty) $word:literal),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
            let Some(sample) = self.tracer.sample(NUMBERS) else {
                *self.format = Format::Opaque($word);
                return Err(Refused);
            };
            *self.format = Format::Plain($word);
            visitor.$visit(<$type>::from(sample))
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
        deserialize_f32 => visit_f32(f32) "f32",
        deserialize_f64 => visit_f64(f64) "f64",
    }

    fn deserialize_i8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        *self.format = Format::Plain("i8");
        visitor.visit_i8(1)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        *self.format = Format::Plain("anything");
        self.tracer.traced.last = Last::Nothing;
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_any(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        *self.format = Format::Plain("bool");
        visitor.visit_bool(false)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        *self.format = Format::Plain("char");
        visitor.visit_char('a')
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        let Some(sample) = self.tracer.sample(TEXTS) else {
            *self.format = Format::Opaque("text");
            return Err(Refused);
        };
        *self.format = Format::Plain("text");
        visitor.visit_borrowed_str(sample)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        *self.format = Format::Plain("bytes");
        visitor.visit_borrowed_bytes(&[])
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        *self.format = Format::Plain("null");
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        if self.tracer.is_within_itself() {
            *self.format = Format::Optional(Box::default());
            return visitor.visit_none();
        }
        let mut inner = Format::Unseen;
        let result = visitor.visit_some(Place {
            tracer: self.tracer,
            format: &mut inner,
        });
        *self.format = Format::Optional(Box::new(inner));
        result
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        let mut element = Format::Unseen;
        let left = usize::from(!self.tracer.is_within_itself());
        let result = visitor.visit_seq(Elements {
            tracer: self.tracer,
            format: &mut element,
            left,
        });
        *self.format = Format::List(Box::new(element));
        result
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        let mut parts = vec![Format::Unseen; len];
        let result = visitor.visit_seq(Positions {
            tracer: self.tracer,
            formats: parts.iter_mut(),
            at: 0,
        });
        *self.format = Format::Tuple(parts);
        result
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        let (mut key, mut value) = (Format::Unseen, Format::Unseen);
        let left = usize::from(!self.tracer.is_within_itself());
        let pairs = Pairs {
            tracer: self.tracer,
            key: &mut key,
            value: &mut value,
            left,
        };
        let result = visitor.visit_map(pairs);
        *self.format = Format::Map(Box::new(key), Box::new(value));
        result
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.tracer
            .traced
            .learn(name, Named::Struct(name, Content::Unit));
        *self.format = Format::Named(name.to_owned());
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        let mut inner = Format::Unseen;
        *self.format = Format::Named(name.to_owned());
        self.tracer.within.push(name.to_owned());
        let result = visitor.visit_newtype_struct(Place {
            tracer: &mut *self.tracer,
            format: &mut inner,
        });
        self.tracer.within.pop();
        self.tracer
            .traced
            .learn(name, Named::Struct(name, Content::Tuple(vec![inner])));
        result
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        let mut parts = vec![Format::Unseen; len];
        *self.format = Format::Named(name.to_owned());
        self.tracer.within.push(name.to_owned());
        let result = visitor.visit_seq(Positions {
            tracer: &mut *self.tracer,
            formats: parts.iter_mut(),
            at: 0,
        });
        self.tracer.within.pop();
        self.tracer
            .traced
            .learn(name, Named::Struct(name, Content::Tuple(parts)));
        result
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        *self.format = Format::Named(name.to_owned());
        self.tracer.within.push(name.to_owned());
        if self.tracer.within.len() >= DEPTH {
            self.tracer.within.pop();
            return Err(Refused);
        }
        let mut seen = Vec::new();
        let result = visitor.visit_map(Fields::new(&mut *self.tracer, fields, &mut seen));
        self.tracer.within.pop();
        self.tracer
            .traced
            .learn(name, Named::Struct(name, Content::Fields(seen)));
        result
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        *self.format = Format::Named(name.to_owned());
        let unseen = variants
            .iter()
            .map(|variant| (*variant, Content::Unseen))
            .collect();
        self.tracer.traced.learn(name, Named::Enum(name, unseen));
        let done = self.tracer.traced.done.get(name).copied().unwrap_or(0);
        // Within itself, or when all are seen, the first variant is as good as any.
        let at = if done < variants.len() && !self.tracer.within.iter().any(|it| it == name) {
            done
        } else {
            0
        };
        let Some(variant) = variants.get(at) else {
            return Err(Refused);
        };
        self.tracer.within.push(name.to_owned());
        self.tracer.path.push(format!("{name}::{variant}"));
        let mut content = Content::Unseen;
        let result = visitor.visit_enum(Variant {
            tracer: &mut *self.tracer,
            name: variant,
            content: &mut content,
        });
        self.tracer.path.pop();
        self.tracer.within.pop();
        let learned = variants
            .iter()
            .map(|it| {
                (
                    *it,
                    if it == variant {
                        content.clone()
                    } else {
                        Content::Unseen
                    },
                )
            })
            .collect();
        self.tracer.traced.learn(name, Named::Enum(name, learned));
        if result.is_ok() && at == done && done < variants.len() {
            self.tracer.traced.finish_variant(name);
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
