//! A projection's table, as its store has to make it.

use std::fmt::Write as _;

use crate::registry::{Keying, ListedRole, ProjectionDescriptor};
use crate::store::{ColumnSpec, Fingerprint, ViewTable};

/// The table of a projection. Its fingerprint is that of the columns, the keys and the events, so a change of any of them is seen; what
/// a fold does with an event is not, and takes a new version of the projection.
pub(crate) fn view_table(projection: &ProjectionDescriptor) -> ViewTable {
    let columns = (projection.columns)();
    let mut description: Vec<String> = columns.iter().map(column).collect();
    description.extend(events(projection));
    let fingerprint = Fingerprint::of(description.iter().map(String::as_bytes));
    ViewTable::new(
        projection.name,
        projection.version,
        columns,
        fingerprint,
        description.join("\n"),
    )
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

/// `event account.opened by stream`, sorted. An event that is listed to be ignored is as one that is not listed, and one that has been
/// retired is folded as before.
fn events(projection: &ProjectionDescriptor) -> Vec<String> {
    let mut lines: Vec<String> = projection
        .events
        .iter()
        .filter(|listed| listed.role != ListedRole::Ignored)
        .flat_map(|listed| {
            listed.types.iter().map(|event| match listed.keying {
                Keying::Stream => format!("event {} by stream", event.name),
                Keying::Field(field) => format!("event {} by field {field}", event.name),
                Keying::Function(function) => {
                    format!("event {} by function {function}", event.name)
                }
                Keying::Global => format!("event {}", event.name),
            })
        })
        .collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}
