//! A page of Markdown.

use std::fmt::Write as _;

use super::{Catalogue, CatalogueAggregate, CatalogueEvent, CatalogueReader, summary};
use crate::Existence;
use crate::event::EventStatus;
use crate::shape::{Field, Format, Node};

/// The whole page.
pub(super) fn page(catalogue: &Catalogue) -> String {
    let mut page = String::from("# Catalogue\n\n```mermaid\n");
    page.push_str(&catalogue.to_mermaid());
    page.push_str("```\n");
    for aggregate in &catalogue.aggregates {
        of_aggregate(&mut page, aggregate);
        for name in &aggregate.reads {
            if let Some(event) = catalogue.event(name) {
                of_event(&mut page, event);
            }
        }
    }
    let read = |event: &CatalogueEvent| {
        let mut aggregates = catalogue.aggregates.iter();
        aggregates.any(|it| it.reads.contains(&event.name))
    };
    let mut others = catalogue
        .events
        .iter()
        .filter(|event| !read(event))
        .peekable();
    if others.peek().is_some() {
        page.push_str("\n## Events of no aggregate\n");
    }
    for event in others {
        of_event(&mut page, event);
    }
    if !catalogue.readers.is_empty() {
        page.push_str("\n## Projections and process managers\n");
    }
    for reader in &catalogue.readers {
        of_reader(&mut page, reader);
    }
    page
}

fn paragraph(page: &mut String, text: &str) {
    if !text.is_empty() {
        let _ = write!(page, "\n{text}\n");
    }
}

/// Within a table, a line is a row and a bar ends a cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn of_aggregate(page: &mut String, aggregate: &CatalogueAggregate) {
    let _ = write!(page, "\n## `{}`\n", aggregate.name);
    paragraph(page, aggregate.docs);
    if aggregate.commands.is_empty() {
        return;
    }
    page.push_str("\n| command | the stream | |\n|---|---|---|\n");
    for command in &aggregate.commands {
        let existence = match command.existence {
            Existence::Forbidden => "is made",
            Existence::Required => "exists",
            Existence::Optional => "is made where it is missing",
        };
        let stored = command
            .name
            .map(|name| format!(" Stored as `{name}`."))
            .unwrap_or_default();
        let _ = writeln!(
            page,
            "| `{}` | {existence} | {}{stored} |",
            command.rust_name,
            cell(&summary(command.docs))
        );
    }
}

fn of_event(page: &mut String, event: &CatalogueEvent) {
    let _ = write!(page, "\n### `{}`\n", event.name);
    paragraph(page, event.docs);
    let mut notes = vec![format!("Version {}.", event.version)];
    match event.status {
        EventStatus::Current => {}
        EventStatus::Retired => notes.push("Retired: it is read, and no longer written.".into()),
        EventStatus::Dropped => notes.push("Retired: it is read as nothing.".into()),
        EventStatus::Split { parts } => {
            let parts = parts.iter().flat_map(|types| types.iter());
            let parts: Vec<_> = parts.map(|part| format!("`{}`", part.name)).collect();
            notes.push(format!("Retired: it is read as {}.", parts.join(" and ")));
        }
    }
    if !event.aliases.is_empty() {
        let aliases: Vec<_> = event.aliases.iter().map(|it| format!("`{it}`")).collect();
        notes.push(format!("Also read as {}.", aliases.join(", ")));
    }
    paragraph(page, &notes.join(" "));
    for (version, shape) in event.versions.iter().rev() {
        let Some(shape) = shape else {
            continue;
        };
        if *version < event.version {
            let _ = write!(page, "\nVersion {version}:\n");
        }
        of_shape(page, &shape.format, event);
        if let Some(example) = shape.samples.first() {
            let _ = write!(page, "\n```json\n{example}\n```\n");
        }
    }
}

fn of_shape(page: &mut String, format: &Format, event: &CatalogueEvent) {
    match format {
        Format::Struct(_, fields, _) if fields.is_empty() => page.push_str("\nIt has no fields.\n"),
        Format::Struct(_, fields, _) => {
            page.push_str("\n| field | type | |\n|---|---|---|\n");
            for field in fields {
                let docs = event.fields.get(&field.name).copied().unwrap_or_default();
                of_field(page, field, docs);
            }
        }
        Format::Opaque(_) => page.push_str("\nNo type says what it holds.\n"),
        other => {
            let _ = write!(page, "\n```text\n{other}```\n");
        }
    }
}

fn of_field(page: &mut String, field: &Field, docs: &str) {
    let (line, within) = field.format.to_lines();
    let mut notes = vec![summary(docs)];
    if !field.required {
        notes.push("may be absent".to_owned());
    }
    notes.retain(|note| !note.is_empty());
    let nested = if within.is_empty() {
        String::new()
    } else {
        format!(": {}", inline(&within))
    };
    let _ = writeln!(
        page,
        "| `{}` | {} | {} |",
        cell(&field.name),
        cell(&format!("{line}{nested}")),
        cell(&notes.join("; "))
    );
}

/// Nested lines in one.
fn inline(nodes: &[Node]) -> String {
    let lines: Vec<String> = nodes
        .iter()
        .map(|node| {
            if node.children.is_empty() {
                node.text.clone()
            } else {
                format!("{} ({})", node.text, inline(&node.children))
            }
        })
        .collect();
    lines.join(", ")
}

fn of_reader(page: &mut String, reader: &CatalogueReader) {
    let what = match reader.sends {
        Some(_) => "process manager",
        None => "projection",
    };
    let _ = write!(
        page,
        "\n### `{}`, {what}, version {}\n",
        reader.name, reader.version
    );
    paragraph(page, reader.docs);
    let reads: Vec<_> = reader.reads.iter().map(|it| format!("`{it}`")).collect();
    paragraph(page, &format!("It reads {}.", reads.join(", ")));
    if let Some(sends) = &reader.sends {
        let sends: Vec<_> = sends.iter().map(|it| format!("`{it}`")).collect();
        paragraph(page, &format!("It sends {}.", sends.join(", ")));
    }
    page.push_str("\n| column | type |\n|---|---|\n");
    for (name, column_type) in &reader.columns {
        let _ = writeln!(page, "| `{name}` | {column_type} |");
    }
}
