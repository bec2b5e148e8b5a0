//! Each version's JSON Schema takes the payloads of that version, and no others.

use serde_json::{Value, json};

use crate::catalogue;

/// The payload with one part of it, however deep, of another type; and each object of it with a field that nothing knows.
fn broken(payload: &Value) -> Vec<Value> {
    let mut broken = vec![json!({ "another": { "type": [] } })];
    match payload {
        Value::Object(fields) => {
            let mut more = fields.clone();
            more.insert("unknown".to_owned(), json!(1));
            broken.push(Value::Object(more));
            for (name, value) in fields {
                let mut renamed = fields.clone();
                renamed.remove(name);
                renamed.insert(format!("{name}_renamed"), value.clone());
                broken.push(Value::Object(renamed));
                for value in self::broken(value) {
                    let mut fields = fields.clone();
                    fields.insert(name.clone(), value);
                    broken.push(Value::Object(fields));
                }
            }
        }
        Value::Array(parts) => {
            for (at, part) in parts.iter().enumerate() {
                for part in self::broken(part) {
                    let mut parts = parts.clone();
                    parts[at] = part;
                    broken.push(Value::Array(parts));
                }
            }
        }
        _ => {}
    }
    broken
}

/// The payload without one of the fields that the schema requires at its top.
fn lacking(payload: &Value, schema: &Value) -> Vec<Value> {
    let required = schema["required"].as_array().into_iter().flatten();
    let without = |name: &Value| {
        let mut fields = payload.as_object()?.clone();
        fields.remove(name.as_str()?)?;
        Some(Value::Object(fields))
    };
    required.filter_map(without).collect()
}

/// The golden payloads of a lock file, by event and version.
fn locked(file: &str) -> Vec<(String, u16, Value)> {
    let (mut name, mut version, mut payloads) = (String::new(), 0, Vec::new());
    for line in file.lines() {
        if let Some(event) = line.strip_prefix("event ") {
            event.clone_into(&mut name);
        } else if line.starts_with("command ") {
            break;
        } else if let Some(number) = line.strip_prefix("  version ") {
            version = number.parse().unwrap();
        } else if let Some(payload) = line.strip_prefix("    golden ") {
            let payload = serde_json::from_str(payload).unwrap();
            payloads.push((name.clone(), version, payload));
        }
    }
    payloads
}

/// Whether a map stands in it, which takes any name.
fn has_map(schema: &Value) -> bool {
    match schema {
        Value::Object(fields) => fields.iter().any(|(key, value)| {
            key == "additionalProperties" && value.is_object() || has_map(value)
        }),
        Value::Array(parts) => parts.iter().any(has_map),
        _ => false,
    }
}

#[test]
fn a_schema_takes_each_payload_of_its_version_and_refuses_broken_ones() {
    let (mut taken, mut refused) = (0, 0);
    let catalogue = catalogue();
    let locked = locked(include_str!("../lock/schema.lock"));
    for event in catalogue.events() {
        for version in 1..=event.version {
            let golden = locked
                .iter()
                .filter(|(name, of, _)| name == event.name && *of == version)
                .map(|(_, _, payload)| payload);
            let Some(schema) = event.json_schema(version) else {
                continue;
            };
            let validator = jsonschema::validator_for(&schema).unwrap();
            for payload in event.examples(version).iter().chain(golden) {
                let what = format!("{} version {version}: {payload}", event.name);
                assert!(validator.is_valid(payload), "{what}\n{schema:#}");
                taken += 1;
                // Within a map, another name is another key.
                let mut wrong = lacking(payload, &schema);
                let is_typed = ["type", "anyOf", "allOf"]
                    .iter()
                    .any(|key| schema.get(key).is_some());
                if is_typed && !has_map(&schema) {
                    wrong.extend(broken(payload));
                }
                for broken in wrong {
                    assert!(!validator.is_valid(&broken), "{what}: {broken}\n{schema:#}");
                    refused += 1;
                }
            }
        }
    }
    println!("{taken} payloads taken, {refused} broken ones refused");
    assert!(taken > 40 && refused > 200, "{taken} {refused}");
}

#[test]
fn every_schema_is_one_of_its_dialect() {
    for event in catalogue().events() {
        for version in 1..=event.version {
            if let Some(schema) = event.json_schema(version) {
                assert!(jsonschema::meta::is_valid(&schema), "{schema:#}");
            }
        }
    }
}
