//! The SQL of one read model's table.

use std::fmt::Write as _;

use eventsource_core::Position;
use eventsource_core::store::{ColumnType, Value, ViewStoreError, ViewTable, ViewWrite};

use super::index::Index;
use super::invalid;
use crate::error::Place;
use crate::schema::PREFIX;

/// The key column of a global read model, which has one row. Not in the SQL view.
pub(super) const ONE_ROW: &str = "@";

/// The statements of one table, made once.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) table: ViewTable,
    /// The table's name, `name@version`, and `@shadow` behind that of a shadow.
    pub(super) physical: String,
    /// The table.
    pub(super) create: String,
    pub(super) indexes: Vec<Index>,
    /// The SQL view under the projection's name.
    pub(super) create_view: String,
    pub(super) upsert: String,
    pub(super) delete: String,
    pub(super) by_key: String,
    /// `SELECT … FROM …`, to be gone on with by conditions.
    pub(super) select: String,
    /// The key column's name, quoted.
    pub(super) key: String,
}

impl Plan {
    pub(crate) fn new(place: &Place, table: &ViewTable) -> Result<Self, ViewStoreError> {
        check(place, table)?;
        let served = physical(&table.name, table.version, false);
        let physical = physical(&table.name, table.version, table.shadow);
        let target = quoted(&physical);
        let key = table
            .key_column()
            .and_then(|key| table.columns.get(key))
            .map_or_else(|| quoted(ONE_ROW), |column| quoted(&column.name));
        let names: Vec<String> = table.columns.iter().map(|c| quoted(&c.name)).collect();
        let mut insert_names = names.clone();
        let mut values: Vec<String> = (1..=names.len()).map(|n| format!("?{n}")).collect();
        if table.key_column().is_none() {
            insert_names.push(key.clone());
            values.push("1".to_owned());
        }
        let changes: Vec<String> = names
            .iter()
            .filter(|name| **name != key)
            .map(|name| format!("{name} = excluded.{name}"))
            .collect();
        let resolution = if changes.is_empty() {
            "NOTHING".to_owned()
        } else {
            format!("UPDATE SET {}", changes.join(", "))
        };
        // A global read model may have no columns at all.
        let seen = if names.is_empty() {
            "NULL".to_owned()
        } else {
            names.join(", ")
        };
        let select = format!("SELECT {seen} FROM {target}");
        Ok(Self {
            create: create(table, &physical),
            indexes: Index::of(table, &served),
            create_view: format!("CREATE VIEW {} AS {select}", quoted(&shown(&table.name))),
            upsert: format!(
                "INSERT INTO {target} ({}) VALUES ({}) ON CONFLICT ({key}) DO {resolution}",
                insert_names.join(", "),
                values.join(", ")
            ),
            delete: format!("DELETE FROM {target} WHERE {key} = ?1"),
            by_key: format!("{select} WHERE {key} = ?1"),
            select,
            key,
            physical,
            table: table.clone(),
        })
    }

    /// Refuses rows that are not the table's.
    pub(crate) fn check(&self, place: &Place, write: &ViewWrite) -> Result<(), ViewStoreError> {
        let table = &self.table;
        for row in &write.upserts {
            table
                .check_row(row, unkept)
                .map_err(|broken| invalid(place, broken.to_string()))?;
        }
        check_position(place, table, write.to)
    }
}

/// What SQLite would keep as something else.
fn unkept(value: &Value) -> Option<String> {
    match value {
        Value::Real(real) if real.is_nan() => Some("NaN, which SQLite keeps as null,".to_owned()),
        _ => None,
    }
}

/// Refuses a position that no log of this store reaches.
pub(super) fn check_position(
    place: &Place,
    table: &ViewTable,
    position: Position,
) -> Result<(), ViewStoreError> {
    if i64::try_from(position.as_raw()).is_ok() {
        return Ok(());
    }
    Err(invalid(
        place,
        format!(
            "position {position} was given for projection {}, and no log is that long",
            table.name
        ),
    ))
}

/// The name of the SQL view: the projection's, behind an `@` where names that begin so are SQLite's or the store's own.
pub(super) fn shown(name: &str) -> String {
    // SQLite's names do not tell ASCII upper case from lower case.
    let lower = name.to_ascii_lowercase();
    let reserved = [PREFIX, "sqlite_"]
        .iter()
        .any(|prefix| lower.starts_with(prefix));
    if reserved {
        format!("@{name}")
    } else {
        name.to_owned()
    }
}

/// The table's name; projections have no `@` in theirs.
pub(super) fn physical(name: &str, version: u32, shadow: bool) -> String {
    let behind = if shadow { "@shadow" } else { "" };
    format!("{}@{version}{behind}", shown(name))
}

/// An identifier in SQL, whatever is in it.
pub(super) fn quoted(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}

/// Refuses what is no projection's name.
pub(super) fn check_name(place: &Place, name: &str) -> Result<(), ViewStoreError> {
    eventsource_core::check_name("a projection's name", name)
        .map_err(|error| invalid(place, error.to_string()))
}

fn check(place: &Place, table: &ViewTable) -> Result<(), ViewStoreError> {
    check_name(place, &table.name)?;
    check_position(place, table, table.begins)?;
    let mut seen = vec![ONE_ROW.to_owned()];
    for column in &table.columns {
        let problem = if column.name.is_empty() {
            "has no name"
        } else if column.name.contains('\0') {
            "has a NUL in its name"
        } else if seen.contains(&column.name.to_ascii_lowercase()) {
            "has the name of another column (`@` is the store's own, and upper and lower case are the same to SQLite)"
        } else {
            seen.push(column.name.to_ascii_lowercase());
            continue;
        };
        return Err(invalid(
            place,
            format!(
                "column {:?} of projection {} {problem}: give it a name of its own with `column = \"…\"`",
                column.name, table.name
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

/// The table. One with a key other than a whole number is its own index.
fn create(table: &ViewTable, physical: &str) -> String {
    let mut columns = Vec::new();
    let mut options = "STRICT";
    if table.key_column().is_none() {
        let one_row = quoted(ONE_ROW);
        columns.push(format!(
            "{one_row} INTEGER PRIMARY KEY CHECK ({one_row} = 1)"
        ));
    }
    for column in &table.columns {
        let name = quoted(&column.name);
        let mut sql = format!("{name} {}", sql_type(column.column_type));
        if column.key {
            sql.push_str(" PRIMARY KEY");
            if column.column_type != ColumnType::Integer {
                options = "STRICT, WITHOUT ROWID";
            }
        }
        if !column.nullable || column.key {
            sql.push_str(" NOT NULL");
        }
        if column.column_type == ColumnType::Boolean {
            // Infallible: a String takes everything.
            let _ = write!(sql, " CHECK ({name} IN (0, 1))");
        }
        columns.push(sql);
    }
    format!(
        "CREATE TABLE {} ({}) {options}",
        quoted(physical),
        columns.join(", ")
    )
}

fn sql_type(column_type: ColumnType) -> &'static str {
    match column_type {
        ColumnType::Integer | ColumnType::Boolean => "INTEGER",
        ColumnType::Real => "REAL",
        ColumnType::Bytes => "BLOB",
        _ => "TEXT",
    }
}
