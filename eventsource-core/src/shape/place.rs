//! A place of the type: the deserializer that writes down what is asked of it, and answers with a sample.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Visitor};
use serde_json::{Map, Value};

use super::access::{Elements, Fields, Pairs, Positions, Variant};
use super::format::{Content, Format, Named};
use super::samples::{End, Ends, FRACTION, TEXTS};
use super::traced::{Last, Mode};
use super::tracer::{DEPTH, Refused, Seen, Tagged, Tracer};

/// An enum within itself is followed so deep.
const ROUNDS: usize = 3;

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
    ($($method:ident => $visit:ident($type:ty, $json:ty) $word:literal),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
            let own = self.tracer.next_number().and_then(|own| <$json>::try_from(own).ok());
            let sample = match self.tracer.end() {
                Some(End::Low) => Some(<$json>::LEAST),
                Some(End::High) => Some(<$json>::GREATEST),
                None => own,
            };
            let Some(sample) = sample else {
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
            let sample = match self.tracer.end() {
                Some(End::Low) => -<$type>::from(FRACTION),
                Some(End::High) => <$type>::from(FRACTION),
                None => <$type>::from(sample) + 0.5,
            };
            self.seen.format = Format::plain($word);
            self.seen.value = Value::from(sample);
            visitor.$visit(sample)
        }
    )*};
}

impl<'de> Deserializer<'de> for Place<'_, '_> {
    type Error = Refused;

    numbers! {
        deserialize_u8 => visit_u8(u8, u8) "u8",
        deserialize_u16 => visit_u16(u16, u16) "u16",
        deserialize_u32 => visit_u32(u32, u32) "u32",
        deserialize_u64 => visit_u64(u64, u64) "u64",
        deserialize_u128 => visit_u128(u128, u64) "u128",
        deserialize_i8 => visit_i8(i8, i8) "i8",
        deserialize_i16 => visit_i16(i16, i16) "i16",
        deserialize_i32 => visit_i32(i32, i32) "i32",
        deserialize_i64 => visit_i64(i64, i64) "i64",
        deserialize_i128 => visit_i128(i128, i64) "i128",
    }

    fractions! {
        deserialize_f32 => visit_f32(f32) "f32",
        deserialize_f64 => visit_f64(f64) "f64",
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
        if let Some(end) = self.tracer.end() {
            self.seen.format = Format::Text(None);
            self.seen.value = end.text().into();
            return visitor.visit_borrowed_str(end.text());
        }
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
        let many = self.tracer.elements();
        let result = visitor.visit_seq(Elements {
            tracer: self.tracer,
            format: &mut element,
            values: &mut values,
            at: 0,
            len: if empty { 0 } else { many },
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
        let (mut seen, mut object, mut tagged) = (Vec::new(), Map::new(), None);
        self.tracer.within.push(key.clone());
        let result = visitor.visit_map(Fields::new(
            &mut *self.tracer,
            key.clone(),
            fields,
            &mut seen,
            &mut object,
            &mut tagged,
        ));
        self.tracer.within.pop();
        let traced = &mut *self.tracer.traced;
        if let Some(tagged) = tagged {
            if result.is_ok() {
                traced.took_variant(tagged.key.clone(), tagged.at);
            }
            let content = seen.into_iter().find(|field| field.name != tagged.tag);
            let content = content.map(|field| (field.name, field.format));
            traced.learn_tagged(&key, name, tagged, content);
        } else {
            if result.is_ok() {
                traced.spare(&key, fields, &object);
            }
            let content = Content::Fields(seen);
            traced.learn(&key, Named::Struct(name, content));
        }
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
        // serde's own word for an enum whose variants are told by a field, when it asks for that field.
        let is_tag = std::any::type_name::<V>().contains("AdjacentlyTagged");
        if rounds == 0 {
            self.tracer.traced.chosen.push((key.clone(), at));
        }
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
        if is_tag {
            self.tracer.tagged = Some(Tagged {
                key,
                tag: String::new(),
                name: variant,
                at,
            });
            return result;
        }
        traced.learn(&key, learned);
        if result.is_ok() && rounds == 0 {
            traced.took_variant(key, at);
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
