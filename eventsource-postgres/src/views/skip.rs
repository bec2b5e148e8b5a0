//! Positions that a read model passes over.

use eventsource_core::store::{Skip, ViewStoreError, ViewTable};
use eventsource_core::{Position, Timestamp};

use super::not_open;
use crate::PostgresStore;
use crate::read;
use crate::sql::signed;

const DOING: &str = "reading what a read model passes over";

pub(super) async fn skip(
    store: &PostgresStore,
    table: &ViewTable,
    skip: Skip,
) -> Result<(), ViewStoreError> {
    store.writer().check_open()?;
    let statement = store.view_tables().own(
        "WITH known AS (
             SELECT name, version FROM @.\"@projections\" WHERE name = $1 AND version = $2 AND NOT shadow
         ), put AS (
             INSERT INTO @.\"@skips\" (name, version, position, reason, ordered_at)
             SELECT name, version, $3, $4, $5 FROM known ON CONFLICT DO NOTHING
         )
         SELECT FROM known",
    );
    let client = store.database().fresh_client().await?;
    let known = client
        .query(
            &statement,
            &[
                &table.name,
                &i64::from(table.version),
                &signed(skip.position.as_raw()),
                // Words for people, in which PostgreSQL keeps no NUL.
                &skip.reason.replace('\0', "\u{fffd}"),
                &skip.ordered_at.as_micros(),
            ],
        )
        .await
        .map_err(|error| store.place().postgres("ordering a skip", &error))?;
    if known.is_empty() {
        return Err(not_open(store.place(), table));
    }
    Ok(())
}

pub(super) async fn skips(
    store: &PostgresStore,
    table: &ViewTable,
) -> Result<Vec<Skip>, ViewStoreError> {
    super::tables::state(store, &table.served()).await?;
    let statement = store.view_tables().own(
        "SELECT position, reason, ordered_at FROM @.\"@skips\"
         WHERE name = $1 AND version = $2 ORDER BY position",
    );
    let rows = read::query(
        store.database(),
        DOING,
        &statement,
        &[&table.name, &i64::from(table.version)],
    )
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Skip::new(
                Position::from_raw(row.try_get::<_, i64>(0)?.unsigned_abs()),
                row.try_get::<_, &str>(1)?,
                Timestamp::from_micros(row.try_get(2)?),
            ))
        })
        .collect::<Result<_, tokio_postgres::Error>>()
        .map_err(|error| store.place().postgres(DOING, &error).into())
}
