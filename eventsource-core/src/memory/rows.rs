//! One read model's rows: found by key, in the order of the keys, with unique columns kept unique.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

use crate::store::{Query, Row, StoreErrorKind, Value, ViewStoreError, ViewTable, ViewWrite};

use super::failure;

/// A key with an order: that of its type, texts by their bytes.
#[derive(Clone)]
pub(super) struct Key(pub(super) Value);

impl Key {
    fn rank(&self) -> u8 {
        match self.0 {
            Value::Null => 0,
            Value::Boolean(_) => 1,
            Value::Integer(_) => 2,
            Value::Real(_) => 3,
            Value::Text(_) => 4,
            Value::Bytes(_) => 5,
            Value::Timestamp(_) => 6,
            Value::Uuid(_) => 7,
            Value::Json(_) => 8,
        }
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Value::Boolean(a), Value::Boolean(b)) => a.cmp(b),
            (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
            (Value::Real(a), Value::Real(b)) => a.total_cmp(b),
            (Value::Text(a), Value::Text(b)) | (Value::Json(a), Value::Json(b)) => a.cmp(b),
            (Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
            (Value::Timestamp(a), Value::Timestamp(b)) => a.cmp(b),
            (Value::Uuid(a), Value::Uuid(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Key {}

/// The rows of one table.
pub(super) struct Rows {
    key_column: Option<usize>,
    by_key: BTreeMap<Key, Row>,
    /// For each unique column, its place and who has which value. Nulls are not in it: any number of rows may have none.
    owners: Vec<(usize, HashMap<Value, Key>)>,
}

/// Rows to remove, and rows to insert and replace.
pub(super) struct Changes {
    deletes: BTreeSet<Key>,
    upserts: BTreeMap<Key, Row>,
}

impl Rows {
    pub(super) fn of(table: &ViewTable) -> Self {
        let unique = table.columns.iter().enumerate();
        Self {
            key_column: table.key_column(),
            by_key: BTreeMap::new(),
            owners: unique
                .filter(|(_, column)| column.unique && !column.key)
                .map(|(place, _)| (place, HashMap::new()))
                .collect(),
        }
    }

    pub(super) fn get(&self, key: Value) -> Option<Row> {
        self.by_key.get(&Key(key)).cloned()
    }

    fn key_of(&self, row: &Row) -> Key {
        let key = self.key_column.and_then(|place| row.get(place));
        Key(key.cloned().unwrap_or(Value::Null))
    }

    /// Removes, then inserts and replaces; on an error nothing has changed.
    pub(super) fn write(
        &mut self,
        table: &ViewTable,
        write: ViewWrite,
    ) -> Result<(), ViewStoreError> {
        let changes = self.check(table, write)?;
        self.change(changes);
        Ok(())
    }

    /// The changes of a write that these rows can take.
    pub(super) fn check(
        &self,
        table: &ViewTable,
        write: ViewWrite,
    ) -> Result<Changes, ViewStoreError> {
        let deletes: BTreeSet<Key> = write.deletes.into_iter().map(Key).collect();
        let mut upserts = BTreeMap::new();
        for row in write.upserts {
            let checked = table.check_row(&row, |_| None);
            checked.map_err(|broken| failure(StoreErrorKind::Invalid, broken.to_string()))?;
            upserts.insert(self.key_of(&row), row);
        }
        // Rows that are written anew or removed let go of their values first: values may move from row to row in one write.
        for (place, owners) in &self.owners {
            let mut claimed = BTreeSet::new();
            for value in upserts.values().filter_map(|row| row.get(*place)) {
                if *value == Value::Null {
                    continue;
                }
                let kept = owners
                    .get(value)
                    .is_some_and(|owner| !deletes.contains(owner) && !upserts.contains_key(owner));
                if kept || !claimed.insert(Key(value.clone())) {
                    return Err(ViewStoreError::Constraint {
                        projection: table.name.clone(),
                        column: table
                            .columns
                            .get(*place)
                            .map(|column| column.name.clone())
                            .unwrap_or_default(),
                    });
                }
            }
        }
        Ok(Changes { deletes, upserts })
    }

    /// Makes the changes, which were checked on these very rows.
    pub(super) fn change(&mut self, changes: Changes) {
        let Changes { deletes, upserts } = changes;
        for key in deletes.iter().chain(upserts.keys()) {
            if let Some(row) = self.by_key.remove(key) {
                for (place, owners) in &mut self.owners {
                    row.get(*place).map(|value| owners.remove(value));
                }
            }
        }
        for (key, row) in upserts {
            for (place, owners) in &mut self.owners {
                if let Some(value) = row.get(*place).filter(|value| **value != Value::Null) {
                    owners.insert(value.clone(), key.clone());
                }
            }
            self.by_key.insert(key, row);
        }
    }

    pub(super) fn query(
        &self,
        table: &ViewTable,
        query: Query,
    ) -> Result<Vec<Row>, ViewStoreError> {
        let filters = query
            .filters
            .into_iter()
            .map(|filter| {
                let place = table
                    .columns
                    .iter()
                    .position(|column| column.name == filter.column);
                match place {
                    Some(place) => Ok((place, filter.equals)),
                    None => Err(no_such_column(table, filter.column)),
                }
            })
            .collect::<Result<Vec<_>, _>>()?;
        let chosen = |row: &&Row| {
            filters
                .iter()
                .all(|(place, equals)| row.get(*place) == Some(equals))
        };
        let limit = query.limit.unwrap_or(usize::MAX);
        let Some(order) = query.order else {
            let after = match query.after_key {
                Some(key) => Bound::Excluded(Key(key)),
                None => Bound::Unbounded,
            };
            let rows = self.by_key.range((after, Bound::Unbounded));
            return Ok(rows
                .map(|(_, row)| row)
                .filter(chosen)
                .take(limit)
                .cloned()
                .collect());
        };
        let place = table
            .columns
            .iter()
            .position(|column| column.name == order.column)
            .ok_or_else(|| no_such_column(table, order.column))?;
        let of_row = |row: &Row| (value_of(row, place), self.key_of(row));
        let mut rows: Vec<&Row> = self.by_key.values().filter(chosen).collect();
        rows.sort_by_cached_key(|row| of_row(row));
        if order.descending {
            rows.reverse();
        }
        let behind = query
            .after_key
            .map(|key| (Key(query.after_value.unwrap_or(Value::Null)), Key(key)));
        Ok(rows
            .into_iter()
            .filter(|row| match &behind {
                None => true,
                Some(last) if order.descending => of_row(row) < *last,
                Some(last) => of_row(row) > *last,
            })
            .take(limit)
            .cloned()
            .collect())
    }
}

fn value_of(row: &Row, place: usize) -> Key {
    Key(row.get(place).cloned().unwrap_or(Value::Null))
}

fn no_such_column(table: &ViewTable, column: String) -> ViewStoreError {
    let columns: Vec<&str> = table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    ViewStoreError::NoSuchColumn {
        projection: table.name.clone(),
        column,
        columns: columns.join(", "),
    }
}
