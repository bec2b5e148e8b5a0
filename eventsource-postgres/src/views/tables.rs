//! Tables: made, swapped and removed, in transactions that hold the lock of the schema.

use std::sync::Arc;

use crate::error::Said;
use crate::session::{self, Row};
use deadpool_postgres::Transaction;
use eventsource_core::Position;
use eventsource_core::store::{Fingerprint, ViewStoreError, ViewTable};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::invalid;
use super::names::{physical, replaced};
use super::plan::Plan;
use crate::PostgresStore;
use crate::read;
use crate::sql::{quoted, signed};

const DOING: &str = "opening a read model";
const CHANGING: &str = "changing the tables of a read model";

/// Held while tables are made or removed: "esv1" in ASCII, in front of the hash of the schema's name. `App::start` of many programs at once would
/// make them twice.
const LOCK: &str = "SELECT pg_advisory_xact_lock(1702065713, hashtext($1))";

const STATE: &str = "SELECT fingerprint, description, greatest(passed, coalesce((
         SELECT max(other.checkpoint) FROM @.\"@projections\" AS other
         WHERE other.name = $1 AND other.version <> $2 AND NOT other.shadow AND NOT $3
     ), 0)), checkpoint, term
     FROM @.\"@projections\" WHERE name = $1 AND version = $2 AND shadow = $3";

/// What is known of one table.
pub(super) struct State {
    fingerprint: Fingerprint,
    description: String,
    pub(super) passed: Position,
    pub(super) checkpoint: Position,
    pub(super) term: u64,
}

impl State {
    fn of(row: &Row) -> Result<Self, session::Error> {
        let number = |column| row.try_get::<i64>(column).map(i64::unsigned_abs);
        let fingerprint: Uuid = row.try_get(0)?;
        Ok(Self {
            fingerprint: Fingerprint::from_bytes(fingerprint.into_bytes()),
            description: row.try_get(1)?,
            passed: Position::from_raw(number(2)?),
            checkpoint: Position::from_raw(number(3)?),
            term: number(4)?,
        })
    }

    /// Refuses a table that was made from something else.
    fn check(&self, table: &ViewTable) -> Result<(), ViewStoreError> {
        table.goes_on_with(self.fingerprint, &self.description)
    }
}

/// What is known of the table; an error when it is not there.
pub(super) async fn state(
    store: &PostgresStore,
    table: &ViewTable,
) -> Result<State, ViewStoreError> {
    let found = find(store, table).await?;
    found.ok_or_else(|| ViewStoreError::not_open(table))
}

pub(super) async fn find(
    store: &PostgresStore,
    table: &ViewTable,
) -> Result<Option<State>, ViewStoreError> {
    store.writer().check_open()?;
    let statement = store.view_tables().own(STATE);
    let rows = read::query(
        store.database(),
        DOING,
        &statement,
        &[&table.name, &i64::from(table.version), &table.shadow],
    )
    .await?;
    let state = rows.first().map(State::of).transpose();
    state.map_err(|error| store.place().postgres(DOING, &error).into())
}

pub(super) async fn open(
    store: &PostgresStore,
    table: &ViewTable,
) -> Result<Position, ViewStoreError> {
    let plan = store.plan(table)?;
    // A table that is there already costs no lock.
    if let Some(state) = find(store, table).await? {
        state.check(table)?;
        return Ok(state.checkpoint);
    }
    changing(store, async |change| {
        // Another program may have made it while this one waited.
        if let Some(state) = change.state(table).await? {
            state.check(table)?;
            return Ok(state.checkpoint);
        }
        change.make(&plan).await
    })
    .await
}

pub(super) async fn promote(
    store: &PostgresStore,
    shadow: &ViewTable,
) -> Result<bool, ViewStoreError> {
    let built = store.plan(&shadow.shadow())?;
    let served = store.plan(&shadow.served())?;
    changing(store, async |change| {
        let name = &served.table.name;
        change.hold_off_folds(name).await?;
        if change.state(&built.table).await?.is_none() || change.state(&served.table).await?.is_none() {
            return Err(ViewStoreError::not_open(&built.table));
        }
        // Whoever reads has the SQL view first and its table then, and whoever writes the table and then its checkpoint: the same way round here.
        let view = if change.is_shown(&served.view, &served.target).await? {
            format!("{}, ", served.view)
        } else {
            String::new()
        };
        let lock = format!(
            "LOCK TABLE {view}{}, {} IN ACCESS EXCLUSIVE MODE",
            served.target, built.target
        );
        change.script(&lock).await?;
        let (Some(from), Some(to)) = (
            change.state(&built.table).await?,
            change.state(&served.table).await?,
        ) else {
            return Err(ViewStoreError::not_open(&built.table));
        };
        if from.checkpoint < to.checkpoint {
            return Ok(false);
        }
        change.forget_folds(name, Some(served.table.version), true).await?;
        let version = i64::from(served.table.version);
        change
            .rows("DELETE FROM @.\"@projections\" WHERE name = $1 AND version = $2 AND shadow", &[name, &version])
            .await?;
        change
            .rows(
                "UPDATE @.\"@projections\" SET stop = CASE WHEN checkpoint = $3 THEN stop END, checkpoint = $3,
                     term = term + 1, holder = NULL, ends_at = NULL
                 WHERE name = $1 AND version = $2 AND NOT shadow",
                &[name, &version, &signed(from.checkpoint.as_raw())],
            )
            .await?;
        change.swap(&served, &built).await?;
        Ok(true)
    })
    .await
}

pub(super) async fn discard(
    store: &PostgresStore,
    shadow: &ViewTable,
) -> Result<(), ViewStoreError> {
    if !shadow.shadow {
        return Ok(());
    }
    let plan = store.plan(shadow)?;
    changing(store, async |change| {
        change.hold_off_folds(&shadow.name).await?;
        change.discard(&plan).await
    })
    .await
}

/// A transaction that changes tables, alone.
pub(super) struct Change<'a> {
    pub(super) store: &'a PostgresStore,
    pub(super) transaction: &'a Transaction<'a>,
}

pub(super) async fn changing<T>(
    store: &PostgresStore,
    work: impl AsyncFnOnce(&Change<'_>) -> Result<T, ViewStoreError>,
) -> Result<T, ViewStoreError> {
    let failed = |error| ViewStoreError::Store(store.place().postgres(CHANGING, &error));
    let mut client = store.database().fresh_client().await?;
    let transaction = client.transaction().await.map_err(failed)?;
    let change = Change {
        store,
        transaction: &transaction,
    };
    change.rows(LOCK, &[&store.view_tables().schema]).await?;
    let done = work(&change).await?;
    transaction.commit().await.map_err(failed)?;
    Ok(done)
}

impl Change<'_> {
    pub(super) fn failed(&self, error: &impl Said) -> ViewStoreError {
        self.store.place().postgres(CHANGING, error).into()
    }

    pub(super) async fn script(&self, script: &str) -> Result<(), ViewStoreError> {
        let done = self.transaction.batch_execute(script).await;
        done.map_err(|error| self.failed(&error))
    }

    pub(super) async fn rows(
        &self,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, ViewStoreError> {
        let statement = self.store.view_tables().own(statement);
        let rows = self.transaction.query(&statement, parameters).await;
        let rows = rows.map_err(|error| self.failed(&error))?;
        Ok(rows.into_iter().map(Row::from).collect())
    }

    pub(super) async fn state(&self, table: &ViewTable) -> Result<Option<State>, ViewStoreError> {
        let parameters: [&(dyn ToSql + Sync); 3] =
            [&table.name, &i64::from(table.version), &table.shadow];
        let rows = self.rows(STATE, &parameters).await?;
        let state = rows.first().map(State::of).transpose();
        state.map_err(|error| self.failed(&error))
    }

    /// Removes a shadow, where there is one. No append may be folding it.
    pub(super) async fn discard(&self, shadow: &Plan) -> Result<(), ViewStoreError> {
        let (name, version) = (&shadow.table.name, shadow.table.version);
        self.forget_folds(name, Some(version), true).await?;
        let drop = format!("DROP TABLE IF EXISTS {}", shadow.target);
        self.script(&drop).await?;
        self.rows(
            "DELETE FROM @.\"@projections\" WHERE name = $1 AND version = $2 AND shadow",
            &[name, &i64::from(version)],
        )
        .await
        .map(|_| ())
    }

    /// Makes a table that is not there, and answers where it begins.
    async fn make(&self, plan: &Arc<Plan>) -> Result<Position, ViewStoreError> {
        let table = &plan.table;
        let others = self
            .rows(
                "SELECT min(began), max(checkpoint) FROM @.\"@projections\"
                 WHERE name = $1 AND NOT shadow AND (version = $2 OR NOT $3)",
                &[&table.name, &i64::from(table.version), &table.shadow],
            )
            .await?;
        let of_others = |column| {
            let number = others.first().map(|row| row.try_get::<Option<i64>>(column));
            let number = number.transpose().map_err(|error| self.failed(&error));
            number.map(|number| number.flatten().map(i64::unsigned_abs))
        };
        let began = of_others(0)?.unwrap_or(table.begins.as_raw());
        let passed = of_others(1)?.unwrap_or(began);
        let made = self.transaction.batch_execute(&plan.create).await;
        made.map_err(|error| self.taken(table, &error))?;
        self.rows(
            "INSERT INTO @.\"@projections\" (name, version, shadow, fingerprint, description, began, passed, checkpoint, target)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $8)",
            &[
                &table.name,
                &i64::from(table.version),
                &table.shadow,
                &Uuid::from_bytes(table.fingerprint.to_bytes()),
                &table.description,
                &signed(began),
                &signed(passed),
                &signed(table.target.as_raw()),
            ],
        )
        .await?;
        if !table.shadow {
            self.show(&table.name).await?;
        }
        Ok(Position::from_raw(began))
    }

    /// Puts a shadow's table in the place of the served one, which is gone then.
    async fn swap(&self, served: &Plan, built: &Plan) -> Result<(), ViewStoreError> {
        let (name, version) = (&served.table.name, served.table.version);
        let schema = &self.store.view_tables().schema;
        let old = quoted(&replaced(name, version));
        let swap = format!(
            "ALTER TABLE {} RENAME TO {old}; ALTER TABLE {} RENAME TO {};",
            served.target,
            built.target,
            quoted(&physical(name, version, false))
        );
        self.script(&swap).await?;
        let old = format!("{schema}.{old}");
        self.show(name).await?;
        if self.is_shown(&served.view, &old).await? {
            // It cannot show the highest version, and has shown this one.
            let again = format!(
                "CREATE OR REPLACE VIEW {} AS {}",
                served.view, served.select
            );
            self.script(&again).await?;
        }
        self.drop_tables(name, &format!("DROP TABLE {old}")).await
    }

    /// Drops tables of a read model, on which nothing of others may stand.
    pub(super) async fn drop_tables(&self, name: &str, script: &str) -> Result<(), ViewStoreError> {
        let dropped = self.transaction.batch_execute(script).await;
        dropped.map_err(|error| {
            if error.code() != Some(&SqlState::DEPENDENT_OBJECTS_STILL_EXIST) {
                return self.failed(&error);
            }
            invalid(
                self.store.place(),
                format!(
                    "tables of projection {name} cannot be dropped: something that was made by hand depends on them, such as an SQL view on \"{name}@1\"; let it read the SQL view \"{name}\" instead, which stays through rebuilds, and drop it before the read model is removed"
                ),
            )
        })
    }

    /// Why the table could not be made.
    fn taken(&self, table: &ViewTable, error: &tokio_postgres::Error) -> ViewStoreError {
        if error.code() == Some(&SqlState::DUPLICATE_TABLE) {
            return invalid(
                self.store.place(),
                format!(
                    "projection {} cannot have a table: schema {} has something of its name that is no read model; rename it, or give the store a schema of its own with PostgresOptions::views_schema",
                    table.name,
                    self.store.view_tables().name
                ),
            );
        }
        self.failed(error)
    }
}
