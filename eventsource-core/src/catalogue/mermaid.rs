//! A Mermaid flowchart.

use std::fmt::Write as _;

use super::Catalogue;

/// Commands lead to aggregates, these to events, these to projections and process managers, and these to commands.
pub(super) fn flowchart(catalogue: &Catalogue) -> String {
    let mut chart = String::from("flowchart LR\n");
    let mut line = |line: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(chart, "  {line}");
    };
    for aggregate in &catalogue.aggregates {
        let id = id("aggregate", aggregate.name);
        line(format!("{id}[[\"{}\"]]:::aggregate", aggregate.name));
        for command in &aggregate.commands {
            let from = self::id("command", &command.rust_name);
            line(format!(
                "{from}([\"{}\"]):::command --> {id}",
                command.rust_name
            ));
        }
        for event in &aggregate.writes {
            line(format!("{id} --> {}", self::id("event", event)));
        }
    }
    for event in &catalogue.events {
        line(format!(
            "{}[\"{}\"]:::event",
            id("event", event.name),
            event.name
        ));
    }
    for reader in &catalogue.readers {
        let id = id("reader", reader.name);
        let (open, close, class) = match reader.sends {
            Some(_) => ("{{", "}}", "process"),
            None => ("[(", ")]", "projection"),
        };
        line(format!("{id}{open}\"{}\"{close}:::{class}", reader.name));
        for event in &reader.reads {
            line(format!("{} --> {id}", self::id("event", event)));
        }
        for command in reader.sends.iter().flatten() {
            line(format!("{id} -.-> {}", self::id("command", command)));
        }
    }
    line("classDef command fill:#cde4ff,stroke:#3b73af,color:#000".into());
    line("classDef aggregate fill:#fff3bf,stroke:#b08900,color:#000".into());
    line("classDef event fill:#ffd8a8,stroke:#c46a00,color:#000".into());
    line("classDef projection fill:#d3f9d8,stroke:#2b8a3e,color:#000".into());
    line("classDef process fill:#e5dbff,stroke:#6741d9,color:#000".into());
    chart
}

/// A node's id: of letters, digits and `_` alone, each name its own.
fn id(kind: &str, name: &str) -> String {
    let mut id = format!("{kind}_");
    for letter in name.chars() {
        match letter {
            '.' => id.push_str("__"),
            '_' => id.push_str("_u"),
            ':' => id.push_str("_c"),
            letter if letter.is_ascii_alphanumeric() => id.push(letter),
            letter => {
                let _ = write!(id, "_{:x}_", u32::from(letter));
            }
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use super::id;

    #[test]
    fn names_that_differ_have_ids_that_differ() {
        let names = ["a.b", "a_b", "a__b", "a._b", "a_.b", "ab", "a:b", "ä"];
        let mut ids: Vec<String> = names.iter().map(|name| id("event", name)).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), names.len());
    }
}
