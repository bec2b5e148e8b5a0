//! Types that describe themselves by a JSON Schema, through the crate `schemars`.

/// A type whose values can be made from its own JSON Schema.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not describe itself by a JSON Schema",
    label = "needs `JsonSchema`",
    note = "derive `schemars::JsonSchema` (of schemars 1) and `Deserialize` on `{Self}`, and turn on the feature `schemars` of `eventsource-core`; or write `#[event(example = …)]`"
)]
pub trait DescribedBySchema: Sized {
    /// Values that together have each alternative of the schema, and each optional part both present and absent.
    fn values() -> Vec<Self>;
}

#[cfg(feature = "schemars")]
mod sampled {
    use serde::de::DeserializeOwned;
    use serde_json::{Map, Value};

    use super::DescribedBySchema;

    /// References are followed so deep: a type may stand within itself.
    const DEPTH: usize = 8;
    /// As many samples as one schema is given.
    const MOST: usize = 64;

    /// Texts of the formats that JSON Schema and schemars name.
    const FORMATS: &[(&str, &str)] = &[
        ("uuid", "00000000-0000-0000-0000-000000000001"),
        ("date-time", "1970-01-01T00:00:00Z"),
        ("partial-date-time", "1970-01-01T00:00:00"),
        ("date", "1970-01-01"),
        ("time", "00:00:00Z"),
        ("partial-time", "00:00:00"),
        ("duration", "PT1S"),
        ("email", "a@localhost.localdomain"),
        ("uri", "http://localhost/"),
        ("hostname", "localhost"),
        ("ipv4", "127.0.0.1"),
        ("ip", "127.0.0.1"),
        ("ipv6", "::1"),
    ];

    #[diagnostic::do_not_recommend]
    impl<T: schemars::JsonSchema + DeserializeOwned> DescribedBySchema for T {
        fn values() -> Vec<Self> {
            let schema = schemars::schema_for!(T).to_value();
            let samples = Sampler { root: &schema }.samples(&schema, DEPTH);
            samples
                .into_iter()
                .filter_map(|sample| serde_json::from_value(sample).ok())
                .collect()
        }
    }

    struct Sampler<'a> {
        root: &'a Value,
    }

    impl Sampler<'_> {
        /// Payloads that a schema takes.
        fn samples(&self, schema: &Value, depth: usize) -> Vec<Value> {
            let Some(depth) = depth.checked_sub(1) else {
                return Vec::new();
            };
            let Value::Object(schema) = schema else {
                return vec![Value::Null];
            };
            let mut samples: Vec<Value> = list(schema, "examples").cloned().collect();
            if let Some(value) = schema.get("const") {
                samples.push(value.clone());
            } else if schema.contains_key("enum") {
                samples.extend(list(schema, "enum").cloned());
            } else {
                self.combine(&mut samples, schema, depth);
            }
            let mut different: Vec<Value> = Vec::new();
            for sample in samples {
                if !different.contains(&sample) && different.len() < MOST {
                    different.push(sample);
                }
            }
            different
        }

        /// What a schema's own type takes, with each of its alternatives.
        fn combine(&self, samples: &mut Vec<Value>, schema: &Map<String, Value>, depth: usize) {
            let mut own: Vec<Value> = types(schema)
                .iter()
                .flat_map(|word| self.of_type(word, schema, depth))
                .collect();
            let reference = schema.get("$ref").and_then(Value::as_str);
            let referred = reference
                .and_then(|to| self.root.pointer(to.trim_start_matches('#')))
                .map(|schema| self.samples(schema, depth));
            let all = list(schema, "allOf").map(|part| self.samples(part, depth));
            let alternatives = |key| -> Option<Vec<Value>> {
                schema.get(key)?;
                let parts = list(schema, key);
                Some(parts.flat_map(|part| self.samples(part, depth)).collect())
            };
            for more in referred
                .into_iter()
                .chain(all)
                .chain(alternatives("oneOf"))
                .chain(alternatives("anyOf"))
            {
                own = merged(&own, &more);
            }
            samples.extend(own);
        }

        fn of_type(&self, word: &str, schema: &Map<String, Value>, depth: usize) -> Vec<Value> {
            match word {
                "null" => vec![Value::Null],
                "boolean" => vec![true.into(), false.into()],
                "integer" => vec![
                    schema
                        .get("minimum")
                        .and_then(Value::as_i64)
                        .unwrap_or(1)
                        .max(1)
                        .into(),
                ],
                "number" => vec![0.5.into(), 1.into()],
                "string" => vec![text(schema)],
                "array" => self.arrays(schema, depth),
                _ => self.objects(schema, depth),
            }
        }

        fn arrays(&self, schema: &Map<String, Value>, depth: usize) -> Vec<Value> {
            let fixed: Vec<Value> = list(schema, "prefixItems")
                .filter_map(|item| self.samples(item, depth).into_iter().next())
                .collect();
            if !fixed.is_empty() {
                return vec![fixed.into()];
            }
            let items = schema.get("items").unwrap_or(&Value::Null);
            let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or(1);
            let least = usize::try_from(least).unwrap_or(1).clamp(1, MOST);
            let items = self.samples(items, depth).into_iter();
            let mut arrays: Vec<Value> = items.map(|item| vec![item; least].into()).collect();
            arrays.push(Value::Array(Vec::new()));
            arrays
        }

        /// One with all fields, one with each other value of each field, and one with those alone that must be there.
        fn objects(&self, schema: &Map<String, Value>, depth: usize) -> Vec<Value> {
            let none = Map::new();
            let fields = schema.get("properties").and_then(Value::as_object);
            let fields: Vec<(&String, Vec<Value>)> = fields
                .unwrap_or(&none)
                .iter()
                .map(|(name, schema)| (name, self.samples(schema, depth)))
                .collect();
            let mut whole: Map<String, Value> = fields
                .iter()
                .filter_map(|(name, values)| Some(((*name).clone(), values.first()?.clone())))
                .collect();
            if let Some(more @ Value::Object(_)) = schema.get("additionalProperties")
                && let Some(value) = self.samples(more, depth).into_iter().next()
            {
                whole.insert("text".to_owned(), value);
            }
            let mut least = whole.clone();
            let required: Vec<&str> = list(schema, "required").filter_map(Value::as_str).collect();
            least.retain(|name, _| required.contains(&name.as_str()));
            let mut objects = vec![Value::Object(whole.clone())];
            for (name, values) in &fields {
                for value in values.iter().skip(1) {
                    let mut other = whole.clone();
                    other.insert((*name).clone(), value.clone());
                    objects.push(Value::Object(other));
                }
            }
            objects.push(Value::Object(least));
            objects
        }
    }

    fn list<'a>(schema: &'a Map<String, Value>, key: &str) -> impl Iterator<Item = &'a Value> {
        schema
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    }

    fn types(schema: &Map<String, Value>) -> Vec<&str> {
        match schema.get("type") {
            Some(Value::String(word)) => vec![word],
            Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect(),
            _ if schema.contains_key("properties") => vec!["object"],
            _ => Vec::new(),
        }
    }

    fn text(schema: &Map<String, Value>) -> Value {
        let format = schema.get("format").and_then(Value::as_str);
        let known = FORMATS.iter().find(|(name, _)| Some(*name) == format);
        let length = |key| schema.get(key).and_then(Value::as_u64);
        match (known, length("minLength"), length("maxLength")) {
            (Some((_, text)), ..) => (*text).into(),
            // A `char`, and texts of a length.
            (None, least, Some(most)) if most < 6 => {
                let length = least.unwrap_or(most).max(1);
                "a".repeat(usize::try_from(length).unwrap_or(1)).into()
            }
            _ => "text 1".into(),
        }
    }

    /// Each of one kind with each of the other, where both are objects; else those that there are.
    fn merged(own: &[Value], more: &[Value]) -> Vec<Value> {
        if own.is_empty() || more.is_empty() {
            return [own, more].concat();
        }
        let pairs = own
            .iter()
            .flat_map(|own| more.iter().map(move |more| (own, more)));
        let merged = pairs.filter_map(|pair| match pair {
            (Value::Object(own), Value::Object(more)) => {
                let mut merged = own.clone();
                merged.extend(more.clone());
                Some(Value::Object(merged))
            }
            _ => None,
        });
        merged.take(MOST).collect()
    }
}
