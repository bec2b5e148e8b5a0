//! Who feeds a table. Leases end by the clock of the machine, which all that share a file have in common. It may be set back: an end that is
//! further away than whoever asks would have it for is brought near.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use eventsource_core::store::{Lease, ViewTable};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::change::Stop;
use super::table::not_open;
use crate::error::Place;

/// Gives the lease to who asks, unless another one has it.
pub(super) fn ask(
    place: &Place,
    connection: &Connection,
    table: &ViewTable,
    holder: Uuid,
    time: Duration,
) -> Result<Lease, Stop> {
    let now = now();
    let stored = connection
        .prepare_cached(
            "SELECT term, holder, ends FROM eventsource_views WHERE name = ?1 AND version = ?2 AND shadow = ?3",
        )?
        .query_row(params![table.name, table.version, table.shadow], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, Option<[u8; 16]>>(1)?,
                row.get::<_, Option<i64>>(2)?.unwrap_or_default(),
            ))
        })
        .optional()?;
    let Some((mut term, held_by, ends)) = stored else {
        return Err(not_open(place, table).into());
    };
    let same = held_by == Some(*holder.as_bytes());
    let longest = behind(now, time);
    let left = u64::try_from(ends.min(longest).saturating_sub(now)).unwrap_or_default();
    if held_by.is_some() && !same && left > 0 {
        if ends > longest {
            // Its holder, where there still is one, renews it.
            connection
                .prepare_cached(
                    "UPDATE eventsource_views SET ends = ?4
                     WHERE name = ?1 AND version = ?2 AND shadow = ?3",
                )?
                .execute(params![table.name, table.version, table.shadow, longest])?;
        }
        return Ok(Lease::Taken {
            ends_in: Duration::from_millis(left),
        });
    }
    if !same {
        term = term.saturating_add(1);
    }
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
            longest
        ])?;
    Ok(Lease::Held {
        term: term.unsigned_abs(),
    })
}

/// Gives the lease to this holder, under the next term, whoever has it.
pub(super) fn take_over(
    place: &Place,
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
        return Err(not_open(place, table).into());
    }
    Ok(())
}

/// Lets all of a holder's leases that have not ended last for so long from now.
pub(super) fn renew(connection: &Connection, holder: Uuid, time: Duration) -> Result<(), Stop> {
    let now = now();
    connection
        .prepare_cached("UPDATE eventsource_views SET ends = ?3 WHERE holder = ?1 AND ends > ?2")?
        .execute(params![holder.as_bytes(), now, behind(now, time)])?;
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

/// Milliseconds since 1970. A clock before that has every lease end at once.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    behind(0, since.unwrap_or_default())
}

fn behind(now: i64, time: Duration) -> i64 {
    now.saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
}
