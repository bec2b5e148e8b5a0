//! A shape as a JSON Schema, draft 7.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::shape::{Content, Field, Format, Tags, UNSEEN_LIST, UNSEEN_OBJECT};

/// A whole document.
pub(super) fn document(format: &Format, title: &str, docs: &str) -> Value {
    let mut writer = Writer::new("#/definitions/");
    let mut schema = writer.schema(format);
    if let Value::Object(object) = &mut schema {
        object.insert(
            "$schema".into(),
            "http://json-schema.org/draft-07/schema#".into(),
        );
        object.insert("title".into(), title.into());
        if !docs.is_empty() {
            object.insert("description".into(), docs.into());
        }
        if !writer.named.is_empty() {
            object.insert("definitions".into(), Value::Object(writer.named));
        }
    }
    schema
}

/// Gives the fields of an object their texts.
pub(super) fn describe(schema: &mut Value, fields: &BTreeMap<String, &'static str>) {
    for (name, docs) in fields {
        let field = schema.get_mut("properties").and_then(|it| it.get_mut(name));
        if let Some(Value::Object(field)) = field {
            field.insert("description".into(), (*docs).into());
        }
    }
}

/// Writes schemas, and keeps apart what stands within itself.
pub(super) struct Writer {
    prefix: String,
    pub(super) named: Map<String, Value>,
}

impl Writer {
    /// `prefix`: where the schemas of types that stand within themselves are found.
    pub(super) fn new(prefix: &str) -> Self {
        Self {
            prefix: prefix.to_owned(),
            named: Map::new(),
        }
    }

    fn reference(&self, name: &str) -> Value {
        json!({ "$ref": format!("{}{name}", self.prefix) })
    }

    pub(super) fn schema(&mut self, format: &Format) -> Value {
        match format {
            Format::Unseen | Format::Opaque(_) | Format::Named(_) => json!({}),
            Format::Plain(word) => plain(word),
            Format::Text(None) => json!({ "type": "string" }),
            Format::Text(Some(like)) => text(like),
            Format::Any(taken) => {
                let mut any: Vec<Value> = taken.iter().map(|word| anything(word)).collect();
                any.dedup();
                json!({ "anyOf": any })
            }
            Format::Optional(inner) => {
                json!({ "anyOf": [self.schema(inner), { "type": "null" }] })
            }
            Format::List(inner) => json!({ "type": "array", "items": self.schema(inner) }),
            Format::Map(_, value) => {
                json!({ "type": "object", "additionalProperties": self.schema(value) })
            }
            Format::Tuple(parts) => {
                let items: Vec<Value> = parts.iter().map(|part| self.schema(part)).collect();
                json!({
                    "type": "array",
                    "items": items,
                    "minItems": parts.len(),
                    "maxItems": parts.len(),
                })
            }
            Format::Struct(name, fields, _) => {
                let schema = self.object(fields);
                self.named(name, format, schema)
            }
            Format::Enum(name, variants) => {
                let schema = self.variants(variants);
                self.named(name, format, schema)
            }
            Format::Tagged(name, tags, variants) => {
                let schema = self.tagged(tags, variants);
                self.named(name, format, schema)
            }
            Format::Again(name) => self.reference(name),
        }
    }

    /// A type that stands within itself is kept by its name.
    fn named(&mut self, name: &str, format: &Format, schema: Value) -> Value {
        if !stands_within(name, format) {
            return schema;
        }
        self.named.insert(name.to_owned(), schema);
        json!({ "allOf": [self.reference(name)] })
    }

    fn object(&mut self, fields: &[Field]) -> Value {
        let mut properties = Map::new();
        let (mut required, mut either) = (Vec::new(), Vec::new());
        for field in fields {
            let schema = self.schema(&field.format);
            for name in std::iter::once(&field.name).chain(&field.aliases) {
                properties.insert(name.clone(), schema.clone());
            }
            if field.required && field.aliases.is_empty() {
                required.push(field.name.clone());
            } else if field.required {
                let names = std::iter::once(&field.name).chain(&field.aliases);
                let one_of: Vec<Value> = names.map(|it| json!({ "required": [it] })).collect();
                either.push(json!({ "oneOf": one_of }));
            }
        }
        let mut schema = json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        });
        if let (Value::Object(object), false) = (&mut schema, either.is_empty()) {
            object.insert("allOf".into(), either.into());
        }
        schema
    }

    /// One alternative for each variant, with its name in a field and its content in another.
    fn tagged(&mut self, Tags { tag, content }: &Tags, variants: &[(String, Content)]) -> Value {
        let mut any = Vec::new();
        for (name, of_variant) in variants {
            let name = json!({ "type": "string", "enum": [name] });
            let (of_content, required) = match of_variant {
                Content::Newtype(inner) => (self.schema(inner), json!([tag, content])),
                _ => (json!({ "type": "null" }), json!([tag])),
            };
            any.push(json!({
                "type": "object",
                "properties": { tag: name, content: of_content },
                "required": required,
                "additionalProperties": false,
            }));
        }
        json!({ "anyOf": any })
    }

    fn variants(&mut self, variants: &[(String, Content)]) -> Value {
        let is_unit = |content: &Content| *content == Content::Unit;
        let names: Vec<&str> = variants
            .iter()
            .filter(|(_, content)| is_unit(content))
            .map(|(name, _)| name.as_str())
            .collect();
        let units = (!names.is_empty()).then(|| json!({ "type": "string", "enum": names }));
        let mut any = Vec::new();
        for (name, content) in variants {
            if let Content::Newtype(inner) = content {
                let inner = self.schema(inner);
                any.push(json!({
                    "type": "object",
                    "properties": { name: inner },
                    "required": [name],
                    "additionalProperties": false,
                }));
            }
        }
        match (units, any.is_empty()) {
            (Some(units), true) => units,
            (units, _) => {
                any.extend(units);
                json!({ "anyOf": any })
            }
        }
    }
}

fn stands_within(name: &str, format: &Format) -> bool {
    let of_field = |field: &Field| stands_within(name, &field.format);
    match format {
        Format::Again(again) => again == name,
        Format::Optional(inner) | Format::List(inner) => stands_within(name, inner),
        Format::Map(key, value) => stands_within(name, key) || stands_within(name, value),
        Format::Tuple(parts) => parts.iter().any(|part| stands_within(name, part)),
        Format::Struct(_, fields, _) => fields.iter().any(of_field),
        Format::Enum(_, variants) | Format::Tagged(_, _, variants) => variants.iter().any(
            |(_, content)| matches!(content, Content::Newtype(inner) if stands_within(name, inner)),
        ),
        _ => false,
    }
}

fn plain(word: &str) -> Value {
    match word {
        "bool" => json!({ "type": "boolean" }),
        "null" => json!({ "type": "null" }),
        "char" => json!({ "type": "string", "minLength": 1, "maxLength": 1 }),
        "f32" | "f64" => json!({ "type": "number" }),
        "bytes" => json!({
            "type": "array",
            "items": { "type": "integer", "minimum": 0, "maximum": 255 },
        }),
        "u8" => integer(0, u8::MAX.into()),
        "u16" => integer(0, u16::MAX.into()),
        "u32" => integer(0, u32::MAX.into()),
        "u64" => integer(0, u64::MAX),
        "i8" => integer(i8::MIN.into(), 127),
        "i16" => integer(i16::MIN.into(), 32_767),
        "i32" => integer(i32::MIN.into(), 2_147_483_647),
        "i64" => integer(i64::MIN, 9_223_372_036_854_775_807),
        "u128" => json!({ "type": "integer", "minimum": 0 }),
        "i128" => json!({ "type": "integer" }),
        _ => json!({}),
    }
}

fn integer(minimum: i64, maximum: u64) -> Value {
    json!({ "type": "integer", "minimum": minimum, "maximum": maximum })
}

/// A text of a form: JSON Schema's own word for it where there is one.
fn text(like: &str) -> Value {
    let format = match like {
        "00000000-0000-0000-0000-000000000001" => Some("uuid"),
        "1970-01-01T00:00:00Z" => Some("date-time"),
        "1970-01-01" => Some("date"),
        "127.0.0.1" => Some("ipv4"),
        "::1" => Some("ipv6"),
        "http://localhost/" => Some("uri"),
        "a@localhost.localdomain" => Some("email"),
        _ => None,
    };
    format.map_or_else(
        || json!({ "type": "string", "examples": [like] }),
        |format| json!({ "type": "string", "format": format, "examples": [like] }),
    )
}

fn anything(word: &str) -> Value {
    match word {
        "null" => json!({ "type": "null" }),
        "bool" => json!({ "type": "boolean" }),
        "number" | "u16" | "u32" | "u64" | "negative" | "fraction" => {
            json!({ "type": "number" })
        }
        "list" | UNSEEN_LIST => json!({ "type": "array" }),
        "object" | UNSEEN_OBJECT => json!({ "type": "object" }),
        _ => json!({ "type": "string" }),
    }
}
