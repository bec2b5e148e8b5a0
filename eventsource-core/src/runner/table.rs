//! A projection's table, as its store has to make it.

use std::fmt::Write as _;

use crate::registry::{Keying, ListedRole, ProjectionDescriptor};
use crate::store::{ColumnSpec, Fingerprint, ViewTable};

/// The table of a projection. Its fingerprint is that of the columns, with what nested values are made of, the keys and the events, so a change of any of them is seen; what
/// a fold does with an event is not, and takes a new version of the projection. An event that has another name now and is read under the
/// older one is the same.
pub(crate) fn view_table(projection: &ProjectionDescriptor) -> ViewTable {
    let columns = (projection.columns)();
    let mut description = Vec::new();
    let (events, mut former) = events(projection);
    for spec in &columns {
        let content = spec.content.0.and_then(|shape| shape());
        let now = column(spec, content.as_deref());
        if content.is_some() {
            // A table that was made before nested values were described, or while they did not tell.
            former.push((column(spec, None), now.clone()));
        }
        description.push(now);
    }
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

/// `column owner: text, index`, `column address: json of {street: text}`
fn column(column: &ColumnSpec, content: Option<&str>) -> String {
    let mut line = format!("column {}: {}", column.name, column.column_type);
    if let Some(content) = content {
        // Writing to a string cannot fail.
        let _ = write!(line, " of {content}");
    }
    for (is_so, word) in [
        (column.nullable, "nullable"),
        (column.key, "key"),
        (column.index, "index"),
        (column.unique, "unique"),
    ] {
        if is_so {
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

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::prelude::*;
    use crate::projection::Projection as _;

    #[derive(Event, Serialize, Deserialize, Debug, Clone)]
    #[event(name = "moved_in")]
    struct MovedIn;

    macro_rules! tenants {
        ($module:ident { $($field:ident: $type:ty),* }) => {
            mod $module {
                use super::*;

                #[derive(Serialize, Deserialize, Default, Debug, Clone)]
                pub struct Address {
                    $($field: $type,)*
                }

                #[derive(Projection, Default, Debug, Clone)]
                #[projection(name = "tenants", version = 1, events(ignore(MovedIn)))]
                pub struct Tenant {
                    #[projection(key)]
                    tenant: String,
                    address: Option<Address>,
                }
            }
        };
    }

    tenants!(first { street: String });
    tenants!(second {
        street: String,
        number: u32
    });

    #[test]
    fn a_nested_type_that_has_changed_is_another_table() {
        let first = view_table(first::Tenant::DESCRIPTOR);
        let second = view_table(second::Tenant::DESCRIPTOR);

        let changed = second.goes_on_with(first.fingerprint, &first.description);

        let told = changed.unwrap_err().to_string();
        assert!(
            told.contains("it had `column address: json of {street: text}, nullable`"),
            "{told}"
        );
        assert!(
            told.contains(
                "it has now `column address: json of {number: integer, street: text}, nullable`"
            ),
            "{told}"
        );
    }

    #[test]
    fn a_table_that_was_made_before_nested_types_were_described_is_gone_on_with() {
        let now = view_table(first::Tenant::DESCRIPTOR);
        let before = now.description.replace(" of {street: text}", "");
        let fingerprint = Fingerprint::of(before.lines().map(str::as_bytes));

        assert_ne!(before, now.description);
        assert!(now.goes_on_with(fingerprint, &before).is_ok());
    }
}
