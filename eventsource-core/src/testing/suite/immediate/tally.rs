//! The suite's own fold: how often each key was noted, and with what value last.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::Position;
use crate::projection::{Batch, FoldCause, FoldFailure, RowChanges};
use crate::store::{
    ColumnSpec, ColumnType, Commit, Fingerprint, Immediate, Recorded, RecordedEvent, Row, Value,
    ViewTable,
};
use crate::testing::suite::fixture::NOTED;

/// The read model's name.
pub(super) const NAME: &str = "tally";

/// The text of an event that cannot be folded.
pub(super) const POISON: &str = "poison";

/// A table of tallies.
pub(super) fn table(version: u32) -> ViewTable {
    table_of(NAME, version)
}

/// The same, of another name.
pub(super) fn table_of(name: &str, version: u32) -> ViewTable {
    let columns = vec![
        ColumnSpec::new("key", ColumnType::Text, false).key(true),
        ColumnSpec::new("count", ColumnType::Integer, false),
        ColumnSpec::new("last", ColumnType::Text, false).unique(true),
    ];
    let description = "key, count, unique last";
    let fingerprint = Fingerprint::of([description.as_bytes()]);
    ViewTable::new(name, version, columns, fingerprint, description)
}

/// A row of it.
pub(super) fn tallied(key: &str, count: i64, last: &str) -> Row {
    vec![
        Value::Text(key.to_owned()),
        Value::Integer(count),
        Value::Text(last.to_owned()),
    ]
}

/// The table, and what commits bring to fold it.
#[derive(Clone)]
pub(super) struct Tally {
    pub(super) table: Arc<ViewTable>,
}

impl Tally {
    pub(super) fn of(table: ViewTable) -> Self {
        Self {
            table: Arc::new(table),
        }
    }

    /// The commit, with the fold added to what it brings.
    pub(super) fn brought_by(&self, commit: Commit) -> Commit {
        let immediate = Immediate::new(Arc::clone(&self.table), || Box::new(Fold::default()));
        let brought = commit.immediate.iter().cloned().chain([immediate]);
        let brought = brought.collect();
        commit.immediate(brought)
    }
}

/// All rows, of a fold of all events that keeps nothing but itself.
pub(super) fn folded_from_scratch(log: &[RecordedEvent]) -> Vec<Row> {
    let mut rows = BTreeMap::new();
    for event in log {
        if let Some((key, value)) = note(&event.borrow()) {
            match noted(rows.get(&key), &key, &value) {
                Some(row) => rows.insert(key, row),
                None => rows.remove(&key),
            };
        }
    }
    rows.into_values().collect()
}

/// `key=value`, as an event's text; without an `=`, both in one.
fn note(event: &Recorded<'_>) -> Option<(String, String)> {
    if event.name != NOTED {
        return None;
    }
    let payload: serde_json::Value = serde_json::from_slice(event.payload).ok()?;
    let text = payload["text"].as_str()?;
    let (key, value) = text.split_once('=').unwrap_or((text, text));
    Some((key.to_owned(), value.to_owned()))
}

/// A row after one more note; `gone` removes it.
fn noted(row: Option<&Row>, key: &str, value: &str) -> Option<Row> {
    if value == "gone" {
        return None;
    }
    let count = match row.map(Vec::as_slice) {
        Some([_, Value::Integer(count), _]) => *count,
        _ => 0,
    };
    Some(tallied(key, count.saturating_add(1), value))
}

#[derive(Default)]
struct Fold {
    /// What is known of each key; `None`: there is no row.
    rows: HashMap<String, Option<Row>>,
    changed: Vec<String>,
    waiting: Vec<(String, String)>,
    missing: Vec<Value>,
}

impl Fold {
    fn fold(&mut self, key: String, value: &str) {
        let row = self.rows.entry(key.clone()).or_default();
        *row = noted(row.as_ref(), &key, value);
        if !self.changed.contains(&key) {
            self.changed.push(key);
        }
    }
}

impl Batch for Fold {
    fn read(&mut self, event: &Recorded<'_>) -> Result<bool, Box<FoldFailure>> {
        let Some((key, value)) = note(event) else {
            return Ok(false);
        };
        if value == POISON {
            return Err(FoldFailure::new(event, FoldCause::Panic));
        }
        if self.rows.contains_key(&key) {
            self.fold(key, &value);
        } else {
            let wanted = Value::Text(key.clone());
            if !self.missing.contains(&wanted) {
                self.missing.push(wanted);
            }
            self.waiting.push((key, value));
        }
        Ok(true)
    }

    fn missing(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.missing)
    }

    fn supply(&mut self, keys: Vec<Value>, rows: Vec<Option<Row>>) -> Result<(), Box<FoldFailure>> {
        for (key, row) in keys.into_iter().zip(rows) {
            if let Value::Text(key) = key {
                self.rows.insert(key, row);
            }
        }
        for (key, value) in std::mem::take(&mut self.waiting) {
            self.fold(key, &value);
        }
        Ok(())
    }

    fn changed(&self) -> usize {
        self.changed.len()
    }

    fn changes(&mut self) -> Result<RowChanges, FoldCause> {
        let mut changes = RowChanges::default();
        for key in std::mem::take(&mut self.changed) {
            match self.rows.get(&key).cloned().flatten() {
                Some(row) => changes.upserts.push(row),
                None => changes.deletes.push(Value::Text(key)),
            }
        }
        Ok(changes)
    }

    fn rows_in_memory(&self) -> usize {
        self.rows.len()
    }

    fn begin_empty(&mut self) {}

    fn passed(&mut self, _: Position) {}

    fn forget(&mut self) {
        *self = Self::default();
    }
}
