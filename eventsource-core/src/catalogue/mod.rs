//! What a program declares, as documentation: data, Markdown, a Mermaid diagram, a JSON Schema for each version of each event, and `AsyncAPI`.
//!
//! The text is that of the doc comments. The shapes are found as the [lock](mod@crate::lock) finds them: the types deserialize themselves.

mod async_api;
mod markdown;
mod mermaid;
mod schema;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::event::{EventStatus, EventType};
use crate::registry::{
    AggregateDescriptor, CommandDescriptor, Declared, ListedEvent, ListedRole,
    ProjectionDescriptor, Registry,
};
use crate::shape::{Format, Shape};

/// All that a program declares.
#[derive(Debug, Clone)]
pub struct Catalogue {
    aggregates: Vec<CatalogueAggregate>,
    events: Vec<CatalogueEvent>,
    readers: Vec<CatalogueReader>,
}

/// An aggregate.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CatalogueAggregate {
    /// The category of its streams.
    pub name: &'static str,
    /// Its doc comment.
    pub docs: &'static str,
    /// Where it is declared.
    pub declared: Declared,
    /// What it handles.
    pub commands: Vec<CatalogueCommand>,
    /// The stored names of the events that it writes.
    pub writes: Vec<&'static str>,
    /// The stored names of the events that it reads.
    pub reads: Vec<&'static str>,
}

/// A command: the whole of a struct, or a variant.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CatalogueCommand {
    /// The Rust type, and the variant behind it.
    pub rust_name: String,
    /// The name that it is stored under, where it has one.
    pub name: Option<&'static str>,
    /// Its doc comment.
    pub docs: &'static str,
    /// Whether it makes the stream, needs it, or takes both.
    pub existence: crate::Existence,
}

/// A stored event type.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CatalogueEvent {
    /// The name that it is stored under.
    pub name: &'static str,
    /// Older names that it is read under.
    pub aliases: &'static [&'static str],
    /// The current schema version.
    pub version: u16,
    /// What becomes of it.
    pub status: EventStatus,
    /// Its doc comment.
    pub docs: &'static str,
    /// Where it is declared.
    pub declared: Declared,
    /// The doc comments of its fields, each under the name that it is stored under.
    pub fields: BTreeMap<String, &'static str>,
    versions: Vec<(u16, Option<Shape>)>,
}

impl CatalogueEvent {
    /// The JSON Schema (draft 7) of this version's payloads; `None` when there is no such version, or no type says what it is.
    #[must_use]
    pub fn json_schema(&self, version: u16) -> Option<Value> {
        let shape = self.shape(version)?;
        let title = format!("{} version {version}", self.name);
        let mut document = schema::document(&shape.format, &title, self.docs);
        schema::describe(&mut document, &self.fields);
        Some(document)
    }

    /// Payloads of this version: together they have each variant, and each optional part both present and absent.
    #[must_use]
    pub fn examples(&self, version: u16) -> &[Value] {
        self.shape(version)
            .map_or(&[], |shape| shape.samples.as_slice())
    }

    fn shape(&self, version: u16) -> Option<&Shape> {
        let (_, shape) = self.versions.iter().find(|(it, _)| *it == version)?;
        shape.as_ref()
    }
}

/// A projection or a process manager.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CatalogueReader {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: u32,
    /// Its doc comment.
    pub docs: &'static str,
    /// Where it is declared.
    pub declared: Declared,
    /// The stored names of the events that it reads.
    pub reads: Vec<&'static str>,
    /// Its columns, with their types.
    pub columns: Vec<(String, String)>,
    /// The commands that a process manager may send, each kind under its name in [`CatalogueCommand::rust_name`]; `None` for a projection.
    pub sends: Option<Vec<String>>,
}

impl Registry {
    /// All that is declared, for documentation.
    ///
    /// ```
    /// use eventsource_core::prelude::*;
    /// use eventsource_core::registry::Registry;
    /// use serde::{Deserialize, Serialize};
    ///
    /// /// An account was opened.
    /// #[derive(Event, Serialize, Deserialize)]
    /// #[event(name = "account.opened")]
    /// struct Opened {
    ///     owner: String,
    /// }
    ///
    /// let catalogue = Registry::builder().event::<Opened>().build().catalogue();
    /// assert!(catalogue.to_markdown().contains("An account was opened."));
    /// ```
    #[must_use]
    pub fn catalogue(&self) -> Catalogue {
        Catalogue {
            aggregates: self.aggregates().iter().map(|it| aggregate(it)).collect(),
            events: self.events().iter().map(|it| event(it)).collect(),
            readers: self.projections().iter().map(|it| reader(it)).collect(),
        }
    }
}

impl Catalogue {
    /// The aggregates, by name.
    #[must_use]
    pub fn aggregates(&self) -> &[CatalogueAggregate] {
        &self.aggregates
    }

    /// The event types, by name.
    #[must_use]
    pub fn events(&self) -> &[CatalogueEvent] {
        &self.events
    }

    /// The projections and process managers, by name.
    #[must_use]
    pub fn readers(&self) -> &[CatalogueReader] {
        &self.readers
    }

    /// A page for people.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        markdown::page(self)
    }

    /// A flowchart: commands, aggregates, events, and who reads them.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        mermaid::flowchart(self)
    }

    /// An `AsyncAPI` 3 document: a channel an aggregate, a message a version of an event.
    #[must_use]
    pub fn to_async_api(&self, title: &str, version: &str) -> Value {
        async_api::document(self, title, version)
    }

    fn event(&self, name: &str) -> Option<&CatalogueEvent> {
        self.events.iter().find(|event| event.name == name)
    }
}

fn aggregate(descriptor: &AggregateDescriptor) -> CatalogueAggregate {
    let commands = descriptor.commands.iter().flat_map(|it| commands(it));
    CatalogueAggregate {
        name: descriptor.name,
        docs: descriptor.docs,
        declared: descriptor.into(),
        commands: commands.collect(),
        writes: names(descriptor.events, |event| {
            matches!(event.status, EventStatus::Current)
        }),
        reads: names(descriptor.events, |_| true),
    }
}

fn names(events: &[ListedEvent], which: impl Fn(&EventType) -> bool) -> Vec<&'static str> {
    let listed = events
        .iter()
        .filter(|listed| listed.role != ListedRole::Ignored);
    let types = listed.flat_map(|listed| listed.types);
    types
        .filter(|event| which(event))
        .map(|event| event.name)
        .collect()
}

fn commands(descriptor: &CommandDescriptor) -> Vec<CatalogueCommand> {
    let kinds = descriptor.kinds.iter();
    kinds
        .map(|kind| CatalogueCommand {
            rust_name: if kind.name == descriptor.rust_name {
                kind.name.to_owned()
            } else {
                format!("{}::{}", descriptor.rust_name, kind.name)
            },
            name: descriptor.name,
            docs: if kind.docs.is_empty() {
                descriptor.docs
            } else {
                kind.docs
            },
            existence: kind.existence,
        })
        .collect()
}

fn event(event: &EventType) -> CatalogueEvent {
    let shape = |version| event.schema.and_then(|schema| schema.shape(version));
    let versions: Vec<(u16, Option<Shape>)> = (1..=event.version)
        .map(|version| (version, shape(version)))
        .collect();
    let current = versions.last().and_then(|(_, shape)| shape.as_ref());
    let fields = match current.map(|shape| &shape.format) {
        Some(Format::Struct(_, fields, _)) if fields.len() == event.field_docs.len() => fields,
        _ => &Vec::new(),
    };
    let fields = fields.iter().map(|field| field.name.clone());
    let fields = fields.zip(event.field_docs.iter().copied());
    CatalogueEvent {
        name: event.name,
        aliases: event.aliases,
        version: event.version,
        status: event.status,
        docs: event.docs,
        declared: event.into(),
        fields: fields.filter(|(_, docs)| !docs.is_empty()).collect(),
        versions,
    }
}

fn reader(descriptor: &ProjectionDescriptor) -> CatalogueReader {
    let columns = (descriptor.columns)();
    CatalogueReader {
        name: descriptor.name,
        version: descriptor.version,
        docs: descriptor.docs,
        declared: descriptor.into(),
        reads: names(descriptor.events, |_| true),
        columns: columns
            .into_iter()
            .map(|column| (column.name, column.column_type.to_string()))
            .collect(),
        sends: descriptor.process.map(|process| {
            let sent = process.commands.iter();
            sent.flat_map(|sent| commands(sent.command))
                .map(|command| command.rust_name)
                .collect()
        }),
    }
}

/// The first paragraph of a doc comment, in one line.
fn summary(docs: &str) -> String {
    let paragraph = docs.lines().take_while(|line| !line.trim().is_empty());
    paragraph.map(str::trim).collect::<Vec<_>>().join(" ")
}
