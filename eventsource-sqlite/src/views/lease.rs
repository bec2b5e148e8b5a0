//! Who feeds a table, and who empties an outbox. Leases end by the clock of the machine, which all that share a file have in common. It may be set
//! back: an end that is further away than whoever asks would have it for is brought near.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use eventsource_core::store::{Lease, ViewStoreError, ViewTable};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::change::Stop;

/// What is on record of a lease.
struct Stored {
    term: i64,
    holder: Option<[u8; 16]>,
    ends: i64,
}

impl Stored {
    fn of(row: &Row<'_>) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            term: row.get(0)?,
            holder: row.get(1)?,
            ends: row.get::<_, Option<i64>>(2)?.unwrap_or_default(),
        })
    }

    /// What becomes of it when this holder asks.
    fn asked(self, holder: Uuid, time: Duration) -> Asked {
        let now = now();
        let same = self.holder == Some(*holder.as_bytes());
        let longest = behind(now, time);
        let left = u64::try_from(self.ends.min(longest).saturating_sub(now)).unwrap_or_default();
        if self.holder.is_some() && !same && left > 0 {
            return Asked::Taken {
                left: Duration::from_millis(left),
                // Its holder, where there still is one, renews it.
                brought_near: (self.ends > longest).then_some(longest),
            };
        }
        Asked::Held {
            term: if same {
                self.term
            } else {
                self.term.saturating_add(1)
            },
            ends: longest,
        }
    }
}

enum Asked {
    Taken {
        left: Duration,
        /// The end that it gets, where it has another.
        brought_near: Option<i64>,
    },
    Held {
        term: i64,
        ends: i64,
    },
}

/// Gives the lease to who asks, unless another one has it.
pub(super) fn ask(
    connection: &Connection,
    table: &ViewTable,
    holder: Uuid,
    time: Duration,
) -> Result<Lease, Stop> {
    let stored = connection
        .prepare_cached(
            "SELECT term, holder, ends FROM eventsource_views WHERE name = ?1 AND version = ?2 AND shadow = ?3",
        )?
        .query_row(params![table.name, table.version, table.shadow], Stored::of)
        .optional()?;
    let Some(stored) = stored else {
        return Err(ViewStoreError::not_open(table).into());
    };
    match stored.asked(holder, time) {
        Asked::Taken { left, brought_near } => {
            if let Some(ends) = brought_near {
                connection
                    .prepare_cached(
                        "UPDATE eventsource_views SET ends = ?4
                         WHERE name = ?1 AND version = ?2 AND shadow = ?3",
                    )?
                    .execute(params![table.name, table.version, table.shadow, ends])?;
            }
            Ok(Lease::Taken { ends_in: left })
        }
        Asked::Held { term, ends } => {
            connection
                .prepare_cached(
                    "UPDATE eventsource_views SET term = ?4, holder = ?5, ends = ?6
                     WHERE name = ?1 AND version = ?2 AND shadow = ?3",
                )?
                .execute(params![
                    table.name,
                    table.version,
                    table.shadow,
                    term,
                    holder.as_bytes(),
                    ends
                ])?;
            Ok(Lease::Held {
                term: term.unsigned_abs(),
            })
        }
    }
}

/// Gives the lease of an outbox to who asks, unless another one has it.
pub(super) fn ask_outbox(
    connection: &Connection,
    process: &str,
    holder: Uuid,
    time: Duration,
) -> Result<Lease, Stop> {
    let stored = connection
        .prepare_cached("SELECT term, holder, ends FROM eventsource_outboxes WHERE process = ?1")?
        .query_row([process], Stored::of)
        .optional()?;
    let stored = stored.unwrap_or(Stored {
        term: 0,
        holder: None,
        ends: 0,
    });
    match stored.asked(holder, time) {
        Asked::Taken { left, brought_near } => {
            if let Some(ends) = brought_near {
                connection
                    .prepare_cached("UPDATE eventsource_outboxes SET ends = ?2 WHERE process = ?1")?
                    .execute(params![process, ends])?;
            }
            Ok(Lease::Taken { ends_in: left })
        }
        Asked::Held { term, ends } => {
            connection
                .prepare_cached(
                    "INSERT INTO eventsource_outboxes (process, term, holder, ends) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT DO UPDATE SET term = excluded.term, holder = excluded.holder, ends = excluded.ends",
                )?
                .execute(params![process, term, holder.as_bytes(), ends])?;
            Ok(Lease::Held {
                term: term.unsigned_abs(),
            })
        }
    }
}

/// The last term of an outbox that has begun; 0 before the first.
pub(super) fn outbox_term(connection: &Connection, process: &str) -> Result<u64, rusqlite::Error> {
    let term = connection
        .prepare_cached("SELECT term FROM eventsource_outboxes WHERE process = ?1")?
        .query_row([process], |row| row.get::<_, i64>(0))
        .optional()?;
    Ok(term.unwrap_or_default().unsigned_abs())
}

/// Gives the lease to this holder, under the next term, whoever has it.
pub(super) fn take_over(
    connection: &Connection,
    table: &ViewTable,
    holder: Uuid,
    time: Duration,
) -> Result<(), Stop> {
    let taken = connection
        .prepare_cached(
            "UPDATE eventsource_views SET term = term + 1, holder = ?4, ends = ?5
             WHERE name = ?1 AND version = ?2 AND shadow = ?3",
        )?
        .execute(params![
            table.name,
            table.version,
            table.shadow,
            holder.as_bytes(),
            behind(now(), time)
        ])?;
    if taken == 0 {
        return Err(ViewStoreError::not_open(table).into());
    }
    Ok(())
}

/// Begins a term that nobody has, so that whoever feeds the table is refused.
pub(super) fn depose(connection: &Connection, table: &ViewTable) -> Result<(), rusqlite::Error> {
    connection
        .prepare_cached(
            "UPDATE eventsource_views SET term = term + 1, holder = NULL, ends = NULL
             WHERE name = ?1 AND version = ?2 AND shadow = ?3",
        )?
        .execute(params![table.name, table.version, table.shadow])
        .map(|_| ())
}

/// Lets all of a holder's leases that have not ended last for so long from now.
pub(super) fn renew(connection: &Connection, holder: Uuid, time: Duration) -> Result<(), Stop> {
    let now = now();
    for sql in [
        "UPDATE eventsource_views SET ends = ?3 WHERE holder = ?1 AND ends > ?2",
        "UPDATE eventsource_outboxes SET ends = ?3 WHERE holder = ?1 AND ends > ?2",
    ] {
        connection.prepare_cached(sql)?.execute(params![
            holder.as_bytes(),
            now,
            behind(now, time)
        ])?;
    }
    Ok(())
}

/// Ends the lease of this holder, where it has one.
pub(super) fn release(
    connection: &Connection,
    table: &ViewTable,
    holder: Uuid,
) -> Result<(), Stop> {
    connection
        .prepare_cached(
            "UPDATE eventsource_views SET holder = NULL, ends = NULL
             WHERE name = ?1 AND version = ?2 AND shadow = ?3 AND holder = ?4",
        )?
        .execute(params![
            table.name,
            table.version,
            table.shadow,
            holder.as_bytes()
        ])?;
    Ok(())
}

/// Ends the lease of an outbox of this holder, where it has it.
pub(super) fn release_outbox(
    connection: &Connection,
    process: &str,
    holder: Uuid,
) -> Result<(), Stop> {
    connection
        .prepare_cached(
            "UPDATE eventsource_outboxes SET holder = NULL, ends = NULL WHERE process = ?1 AND holder = ?2",
        )?
        .execute(params![process, holder.as_bytes()])?;
    Ok(())
}

/// Milliseconds since 1970. A clock before that has every lease end at once.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    behind(0, since.unwrap_or_default())
}

fn behind(now: i64, time: Duration) -> i64 {
    now.saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
}
