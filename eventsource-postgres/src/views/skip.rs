//! Positions that a read model passes over.

use eventsource_core::store::{Skip, Stop, ViewStoreError, ViewTable};
use eventsource_core::{Position, Timestamp};

use super::tables::changing;
use crate::PostgresStore;
use crate::read;
use crate::session;
use crate::sql::signed;

const DOING: &str = "reading what a read model passes over";

/// Puts one on record, unless there is one at its position, and has whoever feeds the table and its shadow hear of it. A shadow that has folded
/// what is there is removed.
pub(super) async fn skip(
    store: &PostgresStore,
    table: &ViewTable,
    skip: Skip,
) -> Result<(), ViewStoreError> {
    let shadow = store.plan(&table.shadow())?;
    let served = table.served();
    let (name, version) = (&table.name, i64::from(table.version));
    let position = signed(skip.position.as_raw());
    changing(store, async |change| {
        // Appends have the log first, and what they fold then.
        change.hold_off_folds(name).await?;
        let deposed = change
            .rows(
                "UPDATE @.\"@projections\" SET term = term + 1, holder = NULL, ends_at = NULL
                 WHERE name = $1 AND version = $2 AND NOT shadow AND checkpoint < $3 RETURNING stop",
                &[name, &version, &position],
            )
            .await?;
        let Some(row) = deposed.first() else {
            let state = change.state(&served).await?;
            let state = state.ok_or_else(|| ViewStoreError::not_open(&served))?;
            return Err(ViewStoreError::Folded {
                projection: name.clone(),
                position: skip.position,
                checkpoint: state.checkpoint,
            });
        };
        let stop: Option<&str> = row.try_get(0).map_err(|error| change.failed(&error))?;
        let stopped_at = stop.and_then(|stop| Stop::decode(stop).position);
        if stopped_at == Some(skip.position) {
            let goes_on = "UPDATE @.\"@projections\" SET stop = NULL WHERE name = $1 AND version = $2 AND NOT shadow";
            change.rows(goes_on, &[name, &version]).await?;
        }
        change
            .rows(
                "INSERT INTO @.\"@skips\" (name, version, position, reason, ordered_at)
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                &[
                    name,
                    &version,
                    &position,
                    // Words for people, in which PostgreSQL keeps no NUL.
                    &skip.reason.replace('\0', "\u{fffd}"),
                    &skip.ordered_at.as_micros(),
                ],
            )
            .await?;
        let deposed = change
            .rows(
                "UPDATE @.\"@projections\" SET term = term + 1, holder = NULL, ends_at = NULL
                 WHERE name = $1 AND version = $2 AND shadow AND checkpoint < $3 RETURNING true",
                &[name, &version, &position],
            )
            .await?;
        if deposed.is_empty() {
            // Its row is not locked here: whoever writes has the table first and its row then.
            change.discard(&shadow).await?;
        }
        Ok(())
    })
    .await
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
                Position::from_raw(row.try_get::<i64>(0)?.unsigned_abs()),
                row.try_get::<&str>(1)?,
                Timestamp::from_micros(row.try_get(2)?),
            ))
        })
        .collect::<Result<_, session::Error>>()
        .map_err(|error| store.place().postgres(DOING, &error).into())
}
