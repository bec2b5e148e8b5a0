//! The parts of structs, lists, maps and enums, given one at a time.

use serde::de::{
    DeserializeSeed, Deserializer as _, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::format::{Content, Format};
use super::tracer::{Last, Place, Refused, Tracer, identifier};

/// The elements of a list: one, or none.
pub(super) struct Elements<'t, 'a> {
    pub(super) tracer: &'t mut Tracer<'a>,
    pub(super) format: &'t mut Format,
    pub(super) left: usize,
}

impl<'de> SeqAccess<'de> for Elements<'_, '_> {
    type Error = Refused;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Refused> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        self.tracer.path.push("[]".to_owned());
        let result = seed.deserialize(Place {
            tracer: &mut *self.tracer,
            format: &mut *self.format,
        });
        self.tracer.path.pop();
        result.map(Some)
    }
}

/// The parts of a tuple.
pub(super) struct Positions<'t, 'a> {
    pub(super) tracer: &'t mut Tracer<'a>,
    pub(super) formats: std::slice::IterMut<'t, Format>,
    pub(super) at: usize,
}

impl<'de> SeqAccess<'de> for Positions<'_, '_> {
    type Error = Refused;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Refused> {
        let Some(format) = self.formats.next() else {
            return Ok(None);
        };
        self.tracer.path.push(self.at.to_string());
        self.at += 1;
        let result = seed.deserialize(Place {
            tracer: &mut *self.tracer,
            format,
        });
        self.tracer.path.pop();
        result.map(Some)
    }
}

/// The entries of a map: one, or none.
pub(super) struct Pairs<'t, 'a> {
    pub(super) tracer: &'t mut Tracer<'a>,
    pub(super) key: &'t mut Format,
    pub(super) value: &'t mut Format,
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
        self.tracer.path.push("{key}".to_owned());
        let result = seed.deserialize(Place {
            tracer: &mut *self.tracer,
            format: &mut *self.key,
        });
        self.tracer.path.pop();
        result.map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Refused> {
        self.tracer.path.push("{}".to_owned());
        let result = seed.deserialize(Place {
            tracer: &mut *self.tracer,
            format: &mut *self.value,
        });
        self.tracer.path.pop();
        result
    }
}

/// The fields of a struct. Those that no sample fits come last.
pub(super) struct Fields<'t, 'a> {
    tracer: &'t mut Tracer<'a>,
    left: std::vec::IntoIter<&'static str>,
    current: &'static str,
    seen: &'t mut Vec<(&'static str, Format)>,
}

impl<'t, 'a> Fields<'t, 'a> {
    pub(super) fn new(
        tracer: &'t mut Tracer<'a>,
        fields: &'static [&'static str],
        seen: &'t mut Vec<(&'static str, Format)>,
    ) -> Self {
        let place = tracer.place();
        let at = |field: &str| {
            if place.is_empty() {
                field.to_owned()
            } else {
                format!("{place}.{field}")
            }
        };
        let mut order: Vec<&'static str> = fields
            .iter()
            .copied()
            .filter(|field| !tracer.traced.aliases.contains(&at(field)))
            .collect();
        // The description keeps the declared order, whatever order the fields are given in.
        seen.extend(order.iter().map(|field| (*field, Format::Unseen)));
        order.sort_by_key(|field| {
            let place = at(field);
            tracer.traced.opaque.iter().any(|it| it.starts_with(&place))
        });
        Self {
            tracer,
            left: order.into_iter(),
            current: "",
            seen,
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
            return Ok(None);
        };
        self.current = field;
        self.tracer.path.push(field.to_owned());
        // A field that was given under another name already is refused before its value is asked for.
        self.tracer.traced.last = Last::Key(self.tracer.place());
        self.tracer.path.pop();
        identifier(seed, field).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Refused> {
        self.tracer.path.push(self.current.to_owned());
        self.tracer.traced.last = Last::Nothing;
        let mut format = Format::Unseen;
        let result = seed.deserialize(Place {
            tracer: &mut *self.tracer,
            format: &mut format,
        });
        self.tracer.path.pop();
        if let Some((_, seen)) = self.seen.iter_mut().find(|(name, _)| *name == self.current) {
            *seen = format;
        }
        result
    }
}

/// A variant of an enum.
pub(super) struct Variant<'t, 'a> {
    pub(super) tracer: &'t mut Tracer<'a>,
    pub(super) name: &'static str,
    pub(super) content: &'t mut Content,
}

impl<'de> EnumAccess<'de> for Variant<'_, '_> {
    type Error = Refused;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Refused> {
        Ok((identifier(seed, self.name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, '_> {
    type Error = Refused;

    fn unit_variant(self) -> Result<(), Refused> {
        *self.content = Content::Unit;
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Refused> {
        let mut inner = Format::Unseen;
        let result = seed.deserialize(Place {
            tracer: self.tracer,
            format: &mut inner,
        });
        *self.content = Content::Tuple(vec![inner]);
        result
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Refused> {
        let mut format = Format::Unseen;
        let result = Place {
            tracer: self.tracer,
            format: &mut format,
        }
        .deserialize_tuple(len, visitor);
        *self.content = match format {
            Format::Tuple(parts) => Content::Tuple(parts),
            _ => Content::Unseen,
        };
        result
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        let mut seen = Vec::new();
        let result = visitor.visit_map(Fields::new(self.tracer, fields, &mut seen));
        *self.content = Content::Fields(seen);
        result
    }
}
