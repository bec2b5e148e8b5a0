//! The names of tables, and what may be one.

use eventsource_core::store::{Fingerprint, ViewStoreError, ViewTable};

use super::invalid;
use crate::error::Place;

/// The longest name of anything, in bytes: longer ones are cut by PostgreSQL
/// (<https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS>).
const LONGEST: usize = 63;

/// The key column of a global read model, which has one row. Not in the SQL view.
pub(super) const ONE_ROW: &str = "@";

/// Columns that every table has (<https://www.postgresql.org/docs/current/ddl-system-columns.html>).
const SYSTEM_COLUMNS: [&str; 6] = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

/// The table's name.
pub(super) fn physical(name: &str, version: u32, shadow: bool) -> String {
    fitted(format!("{name}@{version}{}", if shadow { "#" } else { "" }))
}

/// What a table is called while another one takes its place.
pub(super) fn replaced(name: &str, version: u32) -> String {
    fitted(format!("{name}@{version}@"))
}

/// The SQL view's name.
pub(super) fn shown(name: &str) -> String {
    fitted(name.to_owned())
}

/// The name, or its beginning and a hash of it: names of projections have no `~`.
fn fitted(name: String) -> String {
    if name.len() <= LONGEST {
        return name;
    }
    let hash = Fingerprint::of([name.as_bytes()]).to_string();
    let mut end = LONGEST - hash.len() - 1;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    let beginning = name.get(..end).unwrap_or_default();
    format!("{beginning}~{hash}")
}

/// Refuses what is no projection's name.
pub(super) fn check_name(place: &Place, name: &str) -> Result<(), ViewStoreError> {
    eventsource_core::check_name("a projection's name", name)
        .map_err(|error| invalid(place, error.to_string()))
}

/// Refuses a table that cannot be made.
pub(super) fn check(place: &Place, table: &ViewTable) -> Result<(), ViewStoreError> {
    check_name(place, &table.name)?;
    let mut seen = vec![ONE_ROW];
    for column in &table.columns {
        let name = column.name.as_str();
        let problem = if name.is_empty() {
            "has no name"
        } else if name.contains('\0') {
            "has a NUL in its name"
        } else if name.len() > LONGEST {
            "has a name of more than 63 bytes, which PostgreSQL would cut"
        } else if SYSTEM_COLUMNS.contains(&name) {
            "has the name of a column that every table of PostgreSQL has"
        } else if seen.contains(&name) {
            "has the name of another column, or `@`, which is the store's own"
        } else {
            seen.push(name);
            continue;
        };
        return Err(invalid(
            place,
            format!(
                "column {name:?} of projection {} {problem}: give it a name of its own with `column = \"…\"`",
                table.name
            ),
        ));
    }
    if table.columns.iter().filter(|column| column.key).count() > 1 {
        return Err(invalid(
            place,
            format!(
                "projection {} has several key columns: a row has one key",
                table.name
            ),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_as_they_are_and_long_ones_differ() {
        assert_eq!(physical("balances", 1, false), "balances@1");
        assert_eq!(physical("balances", 1, true), "balances@1#");
        assert_eq!(shown("balances"), "balances");
        let long = "ä".repeat(60);
        let names = [
            physical(&long, 1, false),
            physical(&long, 1, true),
            physical(&long, 2, false),
            replaced(&long, 1),
            shown(&long),
        ];
        for (index, name) in names.iter().enumerate() {
            assert!(name.len() <= LONGEST, "{name}");
            assert!(!names[..index].contains(name), "{name}");
        }
    }
}
