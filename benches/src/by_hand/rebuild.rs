//! A read model of all accounts, made anew from the log: read on, fold into a map, write the rows that changed.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use rusqlite::{Connection, params};

use super::bank::Account;
use super::sqlite::{Failure, connect};

/// Rows that are written in one transaction.
const ROWS: usize = 10_000;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS balances (
        account TEXT PRIMARY KEY, owner TEXT NOT NULL, amount INTEGER NOT NULL, deposits INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS balances_owner ON balances (owner);
    CREATE TABLE IF NOT EXISTS checkpoint (position INTEGER NOT NULL) STRICT;
    DELETE FROM balances;
    DELETE FROM checkpoint;
    INSERT INTO checkpoint VALUES (0);";

/// A row of the read model.
#[derive(Default)]
struct Row {
    account: Account,
    deposits: u32,
}

/// Makes the read model anew. `batch` events are read before the rows that they changed are written: `usize::MAX` writes each row once, and
/// begins again from the start when it is interrupted.
///
/// # Errors
///
/// When SQLite refuses, or an event cannot be read.
pub fn rebuild(file: &Path, batch: usize) -> Result<(), Failure> {
    let reader = connect(file)?;
    let mut writer = connect(file)?;
    writer.execute_batch(SCHEMA)?;
    let mut rows: HashMap<String, Row> = HashMap::new();
    let mut position = 0;
    loop {
        let mut changed: HashSet<String> = HashSet::new();
        let before = position;
        read(&reader, batch, &mut position, &mut rows, &mut changed)?;
        if position == before {
            return Ok(());
        }
        write(&mut writer, position, &rows, changed)?;
    }
}

/// Writes rows in the order of their keys, and the checkpoint with the last of them.
fn write(
    writer: &mut Connection,
    position: i64,
    rows: &HashMap<String, Row>,
    changed: HashSet<String>,
) -> Result<(), Failure> {
    let mut changed: Vec<String> = changed.into_iter().collect();
    changed.sort_unstable();
    let last = changed.len().div_ceil(ROWS);
    for (number, keys) in (1..).zip(changed.chunks(ROWS)) {
        let transaction = writer.transaction()?;
        for key in keys {
            if let Some(row) = rows.get(key) {
                upsert(&transaction, key, row)?;
            }
        }
        if number == last {
            transaction.execute("UPDATE checkpoint SET position = ?1", [position])?;
        }
        transaction.commit()?;
    }
    Ok(())
}

fn upsert(writer: &Connection, key: &str, row: &Row) -> rusqlite::Result<usize> {
    writer
        .prepare_cached(
            "INSERT INTO balances (account, owner, amount, deposits) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (account) DO UPDATE
             SET owner = excluded.owner, amount = excluded.amount, deposits = excluded.deposits",
        )?
        .execute(params![
            key,
            row.account.owner(),
            row.account.balance().cast_signed(),
            row.deposits
        ])
}

fn read(
    reader: &Connection,
    batch: usize,
    position: &mut i64,
    rows: &mut HashMap<String, Row>,
    changed: &mut HashSet<String>,
) -> Result<(), Failure> {
    let mut statement = reader.prepare_cached(
        "SELECT position, stream, name, payload FROM events WHERE position > ?1 ORDER BY position LIMIT ?2",
    )?;
    let mut found =
        statement.query(params![*position, i64::try_from(batch).unwrap_or(i64::MAX)])?;
    while let Some(event) = found.next()? {
        *position = event.get(0)?;
        let stream = event.get_ref(1)?.as_str()?;
        let key = stream.strip_prefix("account-").unwrap_or(stream);
        if !rows.contains_key(key) {
            rows.insert(key.to_owned(), Row::default());
        }
        if !changed.contains(key) {
            changed.insert(key.to_owned());
        }
        if let Some(row) = rows.get_mut(key) {
            let name = event.get_ref(2)?.as_str()?;
            row.account.replay(name, event.get_ref(3)?.as_bytes()?)?;
            row.deposits += u32::from(name == "account.deposited");
        }
    }
    Ok(())
}
