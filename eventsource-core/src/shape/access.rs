//! The parts of structs, lists, maps and enums, given one at a time.

use serde::de::{
    DeserializeSeed, Deserializer as _, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde_json::{Map, Value};

use super::format::{Content, Field, Format};
use super::place::{Place, identifier};
use super::traced::{Last, STRANGER};
use super::tracer::{Refused, Seen, Tagged, Tracer};

/// The elements of a list: one, or none, or more where the pass goes to that end.
pub(super) struct Elements<'t, 'a> {
    pub(super) tracer: &'t mut Tracer<'a>,
    pub(super) format: &'t mut Format,
    pub(super) values: &'t mut Vec<Value>,
    pub(super) at: usize,
    pub(super) len: usize,
}

impl<'de> SeqAccess<'de> for Elements<'_, '_> {
    type Error = Refused;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Refused> {
        if self.at == self.len {
            self.tracer.ended(self.len);
            return Ok(None);
        }
        let was_between = self.tracer.between;
        self.tracer.between |= self.at == 1;
        self.at += 1;
        let mut part = Seen::default();
        let result = self.tracer.at("[]", seed, &mut part);
        self.tracer.between = was_between;
        *self.format = part.format;
        self.values.push(part.value);
        result.map(Some)
    }
}

/// The parts of a tuple.
pub(super) struct Positions<'t, 'a> {
    pub(super) tracer: &'t mut Tracer<'a>,
    pub(super) seen: std::slice::IterMut<'t, Seen>,
    pub(super) at: usize,
}

impl<'de> SeqAccess<'de> for Positions<'_, '_> {
    type Error = Refused;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Refused> {
        let Some(part) = self.seen.next() else {
            return Ok(None);
        };
        let step = self.at.to_string();
        self.at += 1;
        self.tracer.at(&step, seed, part).map(Some)
    }
}

/// The entries of a map: one, or none.
pub(super) struct Pairs<'t, 'a> {
    pub(super) tracer: &'t mut Tracer<'a>,
    pub(super) key: &'t mut Format,
    pub(super) value: &'t mut Format,
    pub(super) name: String,
    pub(super) object: &'t mut Map<String, Value>,
    pub(super) left: usize,
}

impl<'de> MapAccess<'de> for Pairs<'_, '_> {
    type Error = Refused;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Refused> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let mut part = Seen::default();
        let result = self.tracer.at("{key}", seed, &mut part);
        *self.key = part.format;
        self.name = match part.value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        result.map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Refused> {
        let mut part = Seen::default();
        let result = self.tracer.at("{}", seed, &mut part);
        *self.value = part.format;
        self.object
            .insert(std::mem::take(&mut self.name), part.value);
        result
    }
}

/// The fields of a struct. Those that no sample fits come last.
pub(super) struct Fields<'t, 'a> {
    tracer: &'t mut Tracer<'a>,
    /// The type that they are of.
    key: String,
    left: std::vec::IntoIter<&'static str>,
    current: &'static str,
    /// Whether it has yet to give a field that no type knows.
    stranger: bool,
    seen: &'t mut Vec<Field>,
    object: &'t mut Map<String, Value>,
    /// The variant that one of them told.
    tagged: &'t mut Option<Tagged>,
}

impl<'t, 'a> Fields<'t, 'a> {
    pub(super) fn new(
        tracer: &'t mut Tracer<'a>,
        key: String,
        fields: &'static [&'static str],
        seen: &'t mut Vec<Field>,
        object: &'t mut Map<String, Value>,
        tagged: &'t mut Option<Tagged>,
    ) -> Self {
        // The description keeps the declared order, whatever order the fields are given in.
        seen.extend(fields.iter().map(|name| Field {
            name: (*name).to_owned(),
            ..Field::default()
        }));
        let mut order: Vec<&'static str> = fields
            .iter()
            .copied()
            .filter(|field| !tracer.traced.leaves_out(&key, field))
            .collect();
        order.sort_by_key(|field| {
            let place = tracer.place_of(field);
            let opaque = tracer.traced.opaque.iter().any(|it| it.starts_with(&place));
            let known = (key.clone(), (*field).to_owned());
            (opaque, !tracer.traced.first.contains(&known))
        });
        let stranger = tracer.traced.gives_a_stranger(&key);
        Self {
            tracer,
            key,
            left: order.into_iter(),
            current: "",
            stranger,
            seen,
            object,
            tagged,
        }
    }
}

impl<'de> MapAccess<'de> for Fields<'_, '_> {
    type Error = Refused;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Refused> {
        let Some(field) = self.left.next() else {
            self.tracer.traced.last = Last::Nothing;
            if !std::mem::take(&mut self.stranger) {
                return Ok(None);
            }
            self.current = STRANGER;
            let known = identifier(seed, STRANGER);
            if matches!(&known, Err(refused) if refused.unknown) {
                self.tracer.traced.is_strict(&self.key);
            }
            return known.map(Some);
        };
        self.current = field;
        // A field that was given under another name already is refused before its value is asked for.
        self.tracer.traced.last = Last::Key(self.key.clone(), field.to_owned());
        identifier(seed, field).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Refused> {
        self.tracer.traced.last = Last::Nothing;
        let mut part = Seen::default();
        // What one variant has for its content is not what another has.
        let step = self.tagged.as_ref().map_or_else(
            || self.current.to_owned(),
            |tagged| format!("{} {}", self.current, tagged.name),
        );
        let result = self.tracer.at(&step, seed, &mut part);
        if let Some(mut tagged) = self.tracer.tagged.take() {
            self.current.clone_into(&mut tagged.tag);
            *self.tagged = Some(tagged);
        }
        if let Some(field) = self.seen.iter_mut().find(|it| it.name == self.current) {
            field.format = part.format;
        }
        self.object.insert(self.current.to_owned(), part.value);
        result
    }
}

/// A variant of an enum.
pub(super) struct Variant<'t, 'a> {
    pub(super) tracer: &'t mut Tracer<'a>,
    pub(super) key: &'t str,
    pub(super) name: &'static str,
    pub(super) content: &'t mut Content,
    pub(super) value: &'t mut Value,
}

impl Variant<'_, '_> {
    fn tagged(&mut self, content: Value) {
        let object = Map::from_iter([(self.name.to_owned(), content)]);
        *self.value = Value::Object(object);
    }
}

impl<'de> EnumAccess<'de> for Variant<'_, '_> {
    type Error = Refused;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Refused> {
        *self.value = Value::String(self.name.to_owned());
        Ok((identifier(seed, self.name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, '_> {
    type Error = Refused;

    fn unit_variant(self) -> Result<(), Refused> {
        *self.content = Content::Unit;
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        mut self,
        seed: T,
    ) -> Result<T::Value, Refused> {
        let mut part = Seen::default();
        let result = seed.deserialize(Place {
            tracer: &mut *self.tracer,
            seen: &mut part,
        });
        *self.content = Content::Newtype(part.format);
        self.tagged(part.value);
        result
    }

    fn tuple_variant<V: Visitor<'de>>(
        mut self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        let mut part = Seen::default();
        let result = Place {
            tracer: &mut *self.tracer,
            seen: &mut part,
        }
        .deserialize_tuple(len, visitor);
        if let Format::Tuple(parts) = part.format {
            *self.content = Content::Tuple(parts);
        }
        self.tagged(part.value);
        result
    }

    fn struct_variant<V: Visitor<'de>>(
        mut self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        let (mut seen, mut object, mut tagged) = (Vec::new(), Map::new(), None);
        let key = format!("{}::{}", self.key, self.name);
        let result = visitor.visit_map(Fields::new(
            &mut *self.tracer,
            key.clone(),
            fields,
            &mut seen,
            &mut object,
            &mut tagged,
        ));
        if result.is_ok() {
            self.tracer.traced.spare(&key, fields, &object);
        }
        *self.content = Content::Fields(seen);
        self.tagged(Value::Object(object));
        result
    }
}
