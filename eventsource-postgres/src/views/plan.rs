//! The SQL of one read model's table.

use eventsource_core::store::{ColumnType, Value, ViewStoreError, ViewTable, ViewWrite};

use super::names::{self, ONE_ROW, physical, shown};
use super::{invalid, value};
use crate::error::Place;
use crate::sql::quoted;

/// How many parameters of a write stand before the lists of its rows.
pub(super) const BEFORE_ROWS: usize = 8;
/// How many parameters of a write are about the outbox, behind the rows.
pub(super) const OF_OUTBOX: usize = 12;

/// The statements of one table, made once.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) table: ViewTable,
    /// The table's name, quoted and with its schema.
    pub(super) target: String,
    /// The SQL view's, quoted and with its schema.
    pub(super) view: String,
    /// The table and its indexes.
    pub(super) create: String,
    /// Moves the checkpoint from $1 to $2 for table $3, $4, $5 under the term $6, and that of the outbox $8, and with it removes the rows of the keys
    /// $7 and puts the rows whose columns follow. It answers how many checkpoints it has moved.
    pub(super) write: String,
    /// The same, with changes to the outbox.
    pub(super) write_and_send: String,
    pub(super) by_key: String,
    /// `SELECT … FROM …`, to be gone on with by conditions.
    pub(super) select: String,
    /// The key column's name, quoted.
    pub(super) key: String,
    pub(super) key_type: ColumnType,
}

impl Plan {
    pub(super) fn new(
        place: &Place,
        schema: &str,
        table: &ViewTable,
    ) -> Result<Self, ViewStoreError> {
        names::check(place, table)?;
        let name = quoted(&physical(&table.name, table.version, table.shadow));
        let target = format!("{schema}.{name}");
        let key_column = table.key_column().and_then(|key| table.columns.get(key));
        let (key, key_type) = match key_column {
            Some(column) => (quoted(&column.name), column.column_type),
            None => (quoted(ONE_ROW), ColumnType::Boolean),
        };
        let columns: Vec<String> = table.columns.iter().map(|c| quoted(&c.name)).collect();
        // A global read model may have no columns at all.
        let seen = if columns.is_empty() {
            "NULL".to_owned()
        } else {
            columns.join(", ")
        };
        let select = format!("SELECT {seen} FROM {target}");
        let rows = if columns.is_empty() {
            "t.*".to_owned()
        } else {
            let of_table: Vec<String> = columns.iter().map(|name| format!("t.{name}")).collect();
            of_table.join(", ")
        };
        let changed = changes(schema, table, &target, &key, key_type);
        Ok(Self {
            create: create(table, &target),
            write: format!("WITH {changed} SELECT count(*) FROM moved"),
            write_and_send: format!(
                "WITH {changed}, {} SELECT count(*) FROM moved",
                sends(schema, BEFORE_ROWS + written(table).len())
            ),
            by_key: format!(
                "SELECT k.place, {rows} FROM unnest($1::{}[]) WITH ORDINALITY AS k(key, place)
                 JOIN {target} t ON t.{key} = k.key",
                value::sql_type(key_type)
            ),
            view: format!("{schema}.{}", quoted(&shown(&table.name))),
            select,
            key,
            key_type,
            target,
            table: table.clone(),
        })
    }

    /// Refuses rows that are not the table's.
    pub(crate) fn check(&self, place: &Place, write: &ViewWrite) -> Result<(), ViewStoreError> {
        let table = &self.table;
        for row in &write.upserts {
            table
                .check_row(row, value::unkept)
                .map_err(|broken| invalid(place, broken.to_string()))?;
        }
        if i64::try_from(write.to.as_raw()).is_err() {
            return Err(invalid(
                place,
                format!(
                    "projection {} was to be moved to a position beyond every log",
                    table.name
                ),
            ));
        }
        Ok(())
    }

    /// A row's key; the one row of a global read model has `true`.
    pub(super) fn key_of<'r>(&self, row: &'r [Value]) -> &'r Value {
        let key = self.table.key_column().and_then(|key| row.get(key));
        key.unwrap_or(&Value::Boolean(true))
    }

    /// A key as it is in the table.
    pub(super) fn stored_key(&self, key: Value) -> Value {
        match (key, self.table.key_column()) {
            (Value::Null, None) => Value::Boolean(true),
            (key, _) => key,
        }
    }
}

/// The columns that a write fills, with their types: the table's, and the key of a global one.
pub(super) fn written(table: &ViewTable) -> Vec<(String, ColumnType)> {
    let mut columns: Vec<_> = table
        .columns
        .iter()
        .map(|column| (quoted(&column.name), column.column_type))
        .collect();
    if table.key_column().is_none() {
        columns.insert(0, (quoted(ONE_ROW), ColumnType::Boolean));
    }
    columns
}

/// Moves the checkpoint, and with it changes rows: all parts see whether it was moved.
fn changes(
    schema: &str,
    table: &ViewTable,
    target: &str,
    key: &str,
    key_type: ColumnType,
) -> String {
    let columns = written(table);
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let names = names.join(", ");
    let lists: Vec<String> = (BEFORE_ROWS + 1..)
        .zip(&columns)
        .map(|(number, (_, of))| format!("${number}::{}[]", value::sql_type(*of)))
        .collect();
    let sets: Vec<String> = columns
        .iter()
        .filter(|(name, _)| name != key)
        .map(|(name, _)| format!("{name} = excluded.{name}"))
        .collect();
    let resolution = if sets.is_empty() {
        "NOTHING".to_owned()
    } else {
        format!("UPDATE SET {}", sets.join(", "))
    };
    format!(
        "outbox AS (
             SELECT FROM {schema}.\"@outboxes\" WHERE process = $3 AND term = $8 FOR SHARE
         ), moved AS (
             UPDATE {schema}.\"@projections\" SET checkpoint = $2, stop = CASE WHEN $1 = $2 THEN stop END
             WHERE checkpoint = $1 AND name = $3 AND version = $4 AND shadow = $5
             AND ($6::bigint IS NULL OR term = $6) AND ($8::bigint IS NULL OR EXISTS (SELECT FROM outbox)) RETURNING true
         ), gone AS (
             DELETE FROM {target} WHERE {key} = ANY ($7::{}[]) AND EXISTS (SELECT FROM moved)
         ), put AS (
             INSERT INTO {target} ({names}) SELECT * FROM unnest({}) WHERE EXISTS (SELECT FROM moved)
             ON CONFLICT ({key}) DO {resolution}
         )",
        value::sql_type(key_type),
        lists.join(", ")
    )
}

/// Changes to the outbox, with the move of a checkpoint. $3 is the projection's name; the parameters of the outbox stand behind `before`.
fn sends(schema: &str, before: usize) -> String {
    let parameter = |number: usize| format!("${}", before + number);
    let types = [
        "uuid", "text", "bytea", "text", "integer", "bytea", "bigint", "bytea", "text",
    ];
    let lists: Vec<String> = (1..)
        .zip(types)
        .map(|(number, of)| format!("{}::{of}[]", parameter(number)))
        .collect();
    format!(
        "sent AS (
             INSERT INTO {schema}.\"@outbox\"
                 (process, id, instance_type, instance, command, schema_version, payload, due, origin, parked)
             SELECT $3, s.id, s.kind, s.instance, s.command, s.schema, s.payload, s.due, s.origin, s.parked
             FROM unnest({}) WITH ORDINALITY
                 AS s(id, kind, instance, command, schema, payload, due, origin, parked, place)
             WHERE EXISTS (SELECT FROM moved) ORDER BY s.place
             ON CONFLICT DO NOTHING
         ), removed AS (
             DELETE FROM {schema}.\"@outbox\"
             WHERE process = $3 AND id = ANY ({}::uuid[]) AND EXISTS (SELECT FROM moved)
         ), parked AS (
             UPDATE {schema}.\"@outbox\" o SET parked = p.reason FROM unnest({}::uuid[], {}::text[]) AS p(id, reason)
             WHERE o.process = $3 AND o.id = p.id AND EXISTS (SELECT FROM moved)
         )",
        lists.join(", "),
        parameter(10),
        parameter(11),
        parameter(12),
    )
}

/// The table, its constraints and its indexes. Unique columns are compared at the end of a statement, so that rows may exchange their values.
fn create(table: &ViewTable, target: &str) -> String {
    let mut parts = Vec::new();
    if table.key_column().is_none() {
        let one_row = quoted(ONE_ROW);
        parts.push(format!("{one_row} boolean PRIMARY KEY CHECK ({one_row})"));
    }
    for column in &table.columns {
        let name = quoted(&column.name);
        let mut sql = format!("{name} {}", value::column_type(column.column_type));
        if column.key {
            sql.push_str(" PRIMARY KEY");
        } else if column.unique {
            sql.push_str(" UNIQUE DEFERRABLE");
        }
        if !column.nullable {
            sql.push_str(" NOT NULL");
        }
        parts.push(sql);
    }
    let mut script = vec![format!("CREATE TABLE {target} ({});", parts.join(", "))];
    for column in &table.columns {
        if column.index && !column.key && !column.unique {
            let name = quoted(&column.name);
            script.push(format!("CREATE INDEX ON {target} ({name});"));
        }
    }
    script.concat()
}
