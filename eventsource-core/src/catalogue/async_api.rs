//! An `AsyncAPI` 3 document, see <https://www.asyncapi.com/docs/reference/specification/v3.0.0>.

use serde_json::{Map, Value, json};

use super::schema::{Writer, describe};
use super::{Catalogue, CatalogueEvent, summary};

/// The dialect that the payloads' schemas are written in.
const DIALECT: &str = "application/schema+json;version=draft-07";

pub(super) fn document(catalogue: &Catalogue, title: &str, version: &str) -> Value {
    let mut schemas = Map::new();
    let mut messages = Map::new();
    for event in &catalogue.events {
        for (number, shape) in &event.versions {
            if shape.is_some() {
                let id = message_id(event, *number);
                messages.insert(id, message(event, *number, &mut schemas));
            }
        }
    }
    let mut channels = Map::new();
    let mut operations = Map::new();
    for aggregate in &catalogue.aggregates {
        let name = aggregate.name;
        let ids: Vec<String> = aggregate
            .reads
            .iter()
            .filter_map(|event| catalogue.event(event))
            .flat_map(|event| ids(event, &messages))
            .collect();
        let references: Map<String, Value> = ids
            .iter()
            .map(|id| (id.clone(), reference("components/messages", id)))
            .collect();
        channels.insert(
            name.to_owned(),
            json!({
                "address": format!("{name}-{{id}}"),
                "title": name,
                "description": aggregate.docs,
                "parameters": { "id": { "description": "the aggregate's id" } },
                "messages": references,
            }),
        );
        let written: Vec<Value> = aggregate
            .writes
            .iter()
            .filter_map(|event| catalogue.event(event))
            .map(|event| message_id(event, event.version))
            .filter(|id| messages.contains_key(id))
            .map(|id| reference(&format!("channels/{name}/messages"), &id))
            .collect();
        operations.insert(
            format!("{name}.append"),
            json!({
                "action": "send",
                "channel": reference("channels", name),
                "summary": format!("what {name} writes"),
                "messages": written,
            }),
        );
    }
    for reader in &catalogue.readers {
        for aggregate in &catalogue.aggregates {
            let name = aggregate.name;
            let read: Vec<Value> = reader
                .reads
                .iter()
                .filter(|event| aggregate.reads.contains(event))
                .filter_map(|event| catalogue.event(event))
                .flat_map(|event| ids(event, &messages))
                .map(|id| reference(&format!("channels/{name}/messages"), &id))
                .collect();
            if read.is_empty() {
                continue;
            }
            operations.insert(
                format!("{}.v{}.{name}", reader.name, reader.version),
                json!({
                    "action": "receive",
                    "channel": reference("channels", name),
                    "summary": format!("what {} reads of {name}", reader.name),
                    "description": reader.docs,
                    "messages": read,
                }),
            );
        }
    }
    let mut components = Map::new();
    components.insert("messages".into(), messages.into());
    if !schemas.is_empty() {
        components.insert("schemas".into(), schemas.into());
    }
    json!({
        "asyncapi": "3.0.0",
        "info": { "title": title, "version": version },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": components,
    })
}

fn reference(place: &str, id: &str) -> Value {
    json!({ "$ref": format!("#/{place}/{id}") })
}

fn message_id(event: &CatalogueEvent, version: u16) -> String {
    format!("{}.v{version}", event.name)
}

fn ids(event: &CatalogueEvent, messages: &Map<String, Value>) -> Vec<String> {
    (1..=event.version)
        .map(|version| message_id(event, version))
        .filter(|id| messages.contains_key(id))
        .collect()
}

fn message(event: &CatalogueEvent, version: u16, schemas: &mut Map<String, Value>) -> Value {
    let id = message_id(event, version);
    let mut writer = Writer::new(&format!("#/components/schemas/{id}."));
    let mut schema = event
        .shape(version)
        .map_or_else(|| json!({}), |shape| writer.schema(&shape.format));
    describe(&mut schema, &event.fields);
    for (name, schema) in writer.named {
        schemas.insert(format!("{id}.{name}"), schema);
    }
    let examples: Vec<Value> = event
        .examples(version)
        .iter()
        .filter(|example| example.is_object())
        .map(|example| json!({ "payload": example }))
        .collect();
    let mut message = json!({
        "name": event.name,
        "title": id,
        "summary": summary(event.docs),
        "contentType": "application/json",
        "payload": { "schemaFormat": DIALECT, "schema": schema },
    });
    if let (Value::Object(message), false) = (&mut message, examples.is_empty()) {
        message.insert("examples".into(), examples.into());
    }
    message
}
