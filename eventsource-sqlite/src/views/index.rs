//! The indexes of a read model's table.

use eventsource_core::store::ViewTable;
use rusqlite::Connection;

use super::plan::quoted;

/// An index on one column. SQLite cannot rename one: a shadow's keeps its name when the shadow becomes the served table.
#[derive(Debug)]
pub(super) struct Index {
    unique: bool,
    column: String,
    /// The served table's index has one of them, its shadow's the other.
    names: [String; 2],
}

impl Index {
    /// Those of a table whose served one is called `served`. The key column is its table's own index.
    pub(super) fn of(table: &ViewTable, served: &str) -> Vec<Self> {
        let columns = table.columns.iter();
        columns
            .filter(|column| !column.key && (column.unique || column.index))
            .map(|column| Self {
                unique: column.unique,
                column: quoted(&column.name),
                names: [
                    format!("{served}#{}", column.name),
                    format!("{served}@#{}", column.name),
                ],
            })
            .collect()
    }

    /// Makes it on the table of this name.
    pub(super) fn create(
        &self,
        connection: &Connection,
        physical: &str,
    ) -> Result<(), rusqlite::Error> {
        let [name, other] = &self.names;
        let taken: bool = connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE)",
            )?
            .query_row([name], |row| row.get(0))?;
        connection.execute_batch(&format!(
            "CREATE {}INDEX {} ON {} ({})",
            if self.unique { "UNIQUE " } else { "" },
            quoted(if taken { other } else { name }),
            quoted(physical),
            self.column
        ))
    }
}
