//! Each version's JSON Schema takes the payloads of that version, and no others.

use serde_json::{Value, json};

use crate::catalogue;

/// The payload without one of its parts, under another name, and as another type.
fn broken(payload: &Value, required: &[&str]) -> Vec<Value> {
    let Value::Object(fields) = payload else {
        return vec![json!({ "unknown": payload })];
    };
    let mut broken = vec![json!([payload])];
    for (name, value) in fields {
        let mut without = fields.clone();
        without.remove(name);
        if required.contains(&name.as_str()) {
            broken.push(Value::Object(without.clone()));
        }
        without.insert(format!("{name}_renamed"), value.clone());
        broken.push(Value::Object(without));
        let mut retyped = fields.clone();
        retyped.insert(name.clone(), json!({ "another": ["type"] }));
        broken.push(Value::Object(retyped));
    }
    broken
}

#[test]
fn a_schema_takes_each_payload_of_its_version_and_refuses_broken_ones() {
    let (mut taken, mut refused) = (0, 0);
    for event in catalogue().events() {
        for version in 1..=event.version {
            let Some(schema) = event.json_schema(version) else {
                continue;
            };
            let validator = jsonschema::validator_for(&schema).unwrap();
            let required: Vec<&str> = schema["required"]
                .as_array()
                .map(|names| names.iter().filter_map(Value::as_str).collect())
                .unwrap_or_default();
            for payload in event.examples(version) {
                let what = format!("{} version {version}: {payload}", event.name);
                assert!(validator.is_valid(payload), "{what}\n{schema:#}");
                taken += 1;
                for broken in broken(payload, &required) {
                    assert!(!validator.is_valid(&broken), "{what}: {broken}");
                    refused += 1;
                }
            }
        }
    }
    println!("{taken} payloads taken, {refused} broken ones refused");
    assert!(taken > 20 && refused > 60);
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
