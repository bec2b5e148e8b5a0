//! Values that the user gives for fields whose types are read from no sample of ours.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Format, Shape, trace, trace_with};

/// The values of some fields of a type, each as it is written.
#[derive(Debug, Clone, Default)]
pub struct Examples(BTreeMap<String, Vec<Value>>);

impl Examples {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Those of a named field. `written` is a struct that has it alone, under the name that serde gives it.
    #[must_use]
    pub fn field<T, S: Serialize>(mut self, values: Vec<T>, written: fn(T) -> S) -> Self {
        for value in values {
            if let Ok(Value::Object(fields)) = serde_json::to_value(written(value)) {
                for (name, value) in fields {
                    self.0.entry(name).or_default().push(value);
                }
            }
        }
        self
    }

    /// Those of the field at this place of a tuple.
    #[must_use]
    pub fn at<T, S: Serialize>(self, at: usize, values: Vec<T>, written: fn(T) -> S) -> Self {
        self.place(at.to_string(), values, written)
    }

    /// Those of the one field of a tuple, which is the whole.
    #[must_use]
    pub fn alone<T, S: Serialize>(self, values: Vec<T>, written: fn(T) -> S) -> Self {
        self.place(String::new(), values, written)
    }

    fn place<T, S: Serialize>(
        mut self,
        place: String,
        values: Vec<T>,
        written: fn(T) -> S,
    ) -> Self {
        let written = values
            .into_iter()
            .filter_map(|value| serde_json::to_value(written(value)).ok());
        self.0.entry(place).or_default().extend(written);
        self
    }

    /// The shape of `T`, with payloads that have these values.
    #[must_use]
    pub fn shape<T: DeserializeOwned>(&self) -> Shape {
        let mut shape = trace::<T>();
        // Where one place refuses every sample, nothing behind it is seen to be taken: each is looked at with the examples of the others.
        for place in self.0.keys().filter(|_| self.0.len() > 1) {
            let mut others = self.round(0);
            others.remove(place);
            add(&mut shape, trace_with::<T>(others));
        }
        let rounds = self.0.values().map(Vec::len).max().unwrap_or(0);
        for round in 0..rounds {
            add(&mut shape, trace_with::<T>(self.round(round)));
        }
        shape
    }

    /// One value for each field: those that have fewer repeat their last.
    fn round(&self, round: usize) -> BTreeMap<String, Value> {
        let value = |values: &Vec<Value>| values.get(round).or_else(|| values.last()).cloned();
        let places = self.0.iter();
        places
            .filter_map(|(place, values)| Some((place.clone(), value(values)?)))
            .collect()
    }
}

fn add(shape: &mut Shape, exemplified: Shape) {
    learn(&mut shape.format, exemplified.format);
    shape.panicked |= exemplified.panicked;
    for (known, seen) in [
        (&mut shape.samples, exemplified.samples),
        (&mut shape.ends, exemplified.ends),
    ] {
        for sample in seen {
            if !known.contains(&sample) {
                known.push(sample);
            }
        }
    }
}

/// Takes over what was seen with the help of examples, but for the places of the examples, where nothing is asked for.
fn learn(known: &mut Format, seen: Format) {
    match (known, seen) {
        (known @ (Format::Opaque(_) | Format::Unseen), example @ Format::Opaque(_)) => {
            *known = example;
        }
        (_, Format::Opaque(_)) => {}
        (Format::Struct(_, known, _), Format::Struct(_, seen, _)) => {
            for mut field in seen {
                match known.iter_mut().find(|it| it.name == field.name) {
                    Some(known) => {
                        learn(&mut known.format, std::mem::take(&mut field.format));
                        field.format = std::mem::take(&mut known.format);
                        *known = field;
                    }
                    None => known.push(field),
                }
            }
        }
        (Format::Tuple(known), Format::Tuple(seen)) if known.len() == seen.len() => {
            for (known, seen) in known.iter_mut().zip(seen) {
                learn(known, seen);
            }
        }
        (known, seen) => *known = seen,
    }
}
