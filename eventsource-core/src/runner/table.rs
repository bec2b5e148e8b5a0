//! A projection's table, as its store has to make it.

use std::fmt::Write as _;

use crate::registry::{Keying, ListedRole, ProjectionDescriptor};
use crate::store::{ColumnSpec, Fingerprint, ViewTable};

/// The table of a projection. Its fingerprint is that of the columns, the keys and the events, so a change of any of them is seen; what
/// a fold does with an event is not, and takes a new version of the projection. An event that has another name now and is read under the
/// older one is the same.
pub(crate) fn view_table(projection: &ProjectionDescriptor) -> ViewTable {
    let columns = (projection.columns)();
    let mut description: Vec<String> = columns.iter().map(column).collect();
    let (events, former) = events(projection);
    description.extend(events);
    let fingerprint = Fingerprint::of(description.iter().map(String::as_bytes));
    ViewTable::new(
        projection.name,
        projection.version,
        columns,
        fingerprint,
        description.join("\n"),
    )
    .former(former)
}

/// `column owner: text, index`
fn column(column: &ColumnSpec) -> String {
    let mut line = format!("column {}: {}", column.name, column.column_type);
    for (is_so, word) in [
        (column.nullable, "nullable"),
        (column.key, "key"),
        (column.index, "index"),
        (column.unique, "unique"),
    ] {
        if is_so {
            // Writing to a string cannot fail.
            let _ = write!(line, ", {word}");
        }
    }
    line
}

/// `event account.opened by stream`, sorted; and the same under each older name, with the line of today. An event that is listed to be
/// ignored is as one that is not listed, and one that has been retired is folded as before.
fn events(projection: &ProjectionDescriptor) -> (Vec<String>, Vec<(String, String)>) {
    let (mut lines, mut former) = (Vec::new(), Vec::new());
    let listed = projection.events.iter();
    for listed in listed.filter(|listed| listed.role != ListedRole::Ignored) {
        for event in listed.types {
            let now = line(event.name, listed.keying);
            let before = event.aliases.iter();
            former.extend(before.map(|alias| (line(alias, listed.keying), now.clone())));
            lines.push(now);
        }
    }
    lines.sort_unstable();
    lines.dedup();
    (lines, former)
}

fn line(event: &str, keying: Keying) -> String {
    match keying {
        Keying::Stream => format!("event {event} by stream"),
        Keying::Field(field) => format!("event {event} by field {field}"),
        Keying::Function(function) => format!("event {event} by function {function}"),
        Keying::Global => format!("event {event}"),
    }
}
