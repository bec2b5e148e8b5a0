//! The AsyncAPI document passes AsyncAPI's own schema, which stands beside this file without its descriptions (Apache License 2.0, from
//! <https://github.com/asyncapi/spec-json-schemas>).

use serde_json::Value;

use crate::catalogue;

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(include_str!("asyncapi-3.0.0.json")).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

#[test]
fn the_document_is_one_of_asyncapi_3() {
    let document = catalogue().to_async_api("Examples", "1.0.0");
    let errors: Vec<String> = validator()
        .iter_errors(&document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn a_document_with_a_mistake_is_refused() {
    let mut document = catalogue().to_async_api("Examples", "1.0.0");
    document["operations"]["order.append"]["action"] = "write".into();
    assert!(!validator().is_valid(&document));
}

#[test]
fn every_reference_leads_to_something() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document = catalogue().to_async_api("Examples", "1.0.0");
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 50);
    for reference in found {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}
