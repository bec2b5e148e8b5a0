//! Who feeds a table, and who empties an outbox. Times are those of the server's clock.

use std::time::Duration;

use crate::session::Row;
use eventsource_core::store::{Lease, ViewStoreError, ViewTable};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::names::check_name;
use crate::PostgresStore;

const DOING: &str = "asking for the lease of a read model";

/// A hundred years: no lease lasts longer, so that its end is a time that the server knows.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

pub(super) async fn ask(
    store: &PostgresStore,
    table: &ViewTable,
    holder: Uuid,
    time: Duration,
) -> Result<Lease, ViewStoreError> {
    let version = i64::from(table.version);
    let given = statement(
        store,
        "UPDATE @.\"@projections\"
         SET term = CASE WHEN holder = $4 THEN term ELSE term + 1 END, holder = $4,
             ends_at = clock_timestamp() + $5 * interval '1 microsecond'
         WHERE name = $1 AND version = $2 AND shadow = $3
         AND (holder IS NULL OR holder = $4 OR ends_at <= clock_timestamp())
         RETURNING term",
        &[&table.name, &version, &table.shadow, &holder, &micros(time)],
    )
    .await?;
    let unreadable = |error| ViewStoreError::Store(store.place().postgres(DOING, &error));
    if let Some(row) = given.first() {
        let term: i64 = row.try_get(0).map_err(unreadable)?;
        return Ok(Lease::Held {
            term: term.unsigned_abs(),
        });
    }
    let taken = statement(
        store,
        "SELECT coalesce(extract(epoch FROM ends_at - clock_timestamp()) * 1000000, 0)::bigint
         FROM @.\"@projections\" WHERE name = $1 AND version = $2 AND shadow = $3",
        &[&table.name, &version, &table.shadow],
    )
    .await?;
    let Some(row) = taken.first() else {
        return Err(ViewStoreError::not_open(table));
    };
    let left: i64 = row.try_get(0).map_err(unreadable)?;
    Ok(Lease::Taken {
        ends_in: Duration::from_micros(u64::try_from(left).unwrap_or(0)),
    })
}

pub(super) async fn take_over(
    store: &PostgresStore,
    table: &ViewTable,
    holder: Uuid,
    time: Duration,
) -> Result<(), ViewStoreError> {
    let version = i64::from(table.version);
    let given = statement(
        store,
        "UPDATE @.\"@projections\"
         SET term = term + 1, holder = $4, ends_at = clock_timestamp() + $5 * interval '1 microsecond'
         WHERE name = $1 AND version = $2 AND shadow = $3 RETURNING term",
        &[&table.name, &version, &table.shadow, &holder, &micros(time)],
    )
    .await?;
    if given.is_empty() {
        return Err(ViewStoreError::not_open(table));
    }
    Ok(())
}

pub(super) async fn renew(
    store: &PostgresStore,
    holder: Uuid,
    time: Duration,
) -> Result<(), ViewStoreError> {
    // By itself: whoever writes has a row of this table first, and one of the other then.
    statement(
        store,
        "UPDATE @.\"@outboxes\" SET ends_at = clock_timestamp() + $2 * interval '1 microsecond'
         WHERE holder = $1 AND ends_at > clock_timestamp()",
        &[&holder, &micros(time)],
    )
    .await?;
    statement(
        store,
        // In the order in which appends lock what they fold.
        "WITH held AS (
             SELECT name, version, shadow FROM @.\"@projections\"
             WHERE holder = $1 AND ends_at > clock_timestamp() ORDER BY name, version, shadow FOR UPDATE
         )
         UPDATE @.\"@projections\" AS p SET ends_at = clock_timestamp() + $2 * interval '1 microsecond'
         FROM held WHERE p.name = held.name AND p.version = held.version AND p.shadow = held.shadow",
        &[&holder, &micros(time)],
    )
    .await
    .map(|_| ())
}

pub(super) async fn release(
    store: &PostgresStore,
    table: &ViewTable,
    holder: Uuid,
) -> Result<(), ViewStoreError> {
    statement(
        store,
        "UPDATE @.\"@projections\" SET holder = NULL, ends_at = NULL
         WHERE name = $1 AND version = $2 AND shadow = $3 AND holder = $4",
        &[
            &table.name,
            &i64::from(table.version),
            &table.shadow,
            &holder,
        ],
    )
    .await
    .map(|_| ())
}

pub(super) async fn ask_outbox(
    store: &PostgresStore,
    process: &str,
    holder: Uuid,
    time: Duration,
) -> Result<Lease, ViewStoreError> {
    check_name(store.place(), process)?;
    let given = statement(
        store,
        "INSERT INTO @.\"@outboxes\" AS o (process, term, holder, ends_at)
         VALUES ($1, 1, $2, clock_timestamp() + $3 * interval '1 microsecond')
         ON CONFLICT (process) DO UPDATE
         SET term = CASE WHEN o.holder = $2 THEN o.term ELSE o.term + 1 END, holder = $2, ends_at = excluded.ends_at
         WHERE o.holder IS NULL OR o.holder = $2 OR o.ends_at <= clock_timestamp()
         RETURNING term",
        &[&process, &holder, &micros(time)],
    )
    .await?;
    let unreadable = |error| ViewStoreError::Store(store.place().postgres(DOING, &error));
    if let Some(row) = given.first() {
        let term: i64 = row.try_get(0).map_err(unreadable)?;
        return Ok(Lease::Held {
            term: term.unsigned_abs(),
        });
    }
    let taken = statement(
        store,
        "SELECT coalesce(extract(epoch FROM ends_at - clock_timestamp()) * 1000000, 0)::bigint
         FROM @.\"@outboxes\" WHERE process = $1",
        &[&process],
    )
    .await?;
    // Where it was removed meanwhile, it is free.
    let left: Option<i64> = taken
        .first()
        .map(|row| row.try_get(0))
        .transpose()
        .map_err(unreadable)?;
    Ok(Lease::Taken {
        ends_in: Duration::from_micros(u64::try_from(left.unwrap_or(0)).unwrap_or(0)),
    })
}

pub(super) async fn release_outbox(
    store: &PostgresStore,
    process: &str,
    holder: Uuid,
) -> Result<(), ViewStoreError> {
    statement(
        store,
        "UPDATE @.\"@outboxes\" SET holder = NULL, ends_at = NULL WHERE process = $1 AND holder = $2",
        &[&process, &holder],
    )
    .await
    .map(|_| ())
}

fn micros(time: Duration) -> f64 {
    time.min(LONGEST).as_secs_f64() * 1e6
}

/// A statement on leases. Asked again on another connection, it does the same.
async fn statement(
    store: &PostgresStore,
    sql: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<Vec<Row>, ViewStoreError> {
    store.writer().check_open()?;
    let sql = store.view_tables().own(sql);
    Ok(crate::read::query(store.database(), DOING, &sql, parameters).await?)
}
