//! Which read models appends fold in their own transaction: rows of the log's table `immediate`, so that every program that appends sees them,
//! whatever schema its own read models are in.
//!
//! They change under the lock of the log, behind the lock of the schema: no append is under way then that has not seen them.

use eventsource_core::store::{ViewStoreError, ViewTable};

use tokio_postgres::types::ToSql;

use super::tables::{Change, changing};
use crate::PostgresStore;
use crate::read;

const DOING: &str = "reading which read models appends fold";

pub(super) async fn make_immediate(
    store: &PostgresStore,
    table: &ViewTable,
) -> Result<(), ViewStoreError> {
    let plan = store.plan(table)?;
    let views = store.view_tables();
    let version = i64::from(table.version);
    // Where it is so already, nothing is written and no lock is taken.
    let statement = views.own(
        "SELECT FROM &.immediate WHERE schema = $1 AND name = $2 AND version = $3 AND shadow = $4",
    );
    let found = read::query(
        store.database(),
        DOING,
        &statement,
        &[&views.name, &table.name, &version, &table.shadow],
    )
    .await?;
    if !found.is_empty() {
        return Ok(());
    }
    changing(store, async |change| {
        if change.state(&plan.table).await?.is_none() {
            return Err(ViewStoreError::not_open(table));
        }
        change.hold_off_appends().await?;
        let insert =
            "INSERT INTO &.immediate (schema, name, version, shadow) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        change
            .rows(insert, &[&views.name, &table.name, &version, &table.shadow])
            .await
            .map(|_| ())
    })
    .await
}

pub(super) async fn make_eventual(store: &PostgresStore, name: &str) -> Result<(), ViewStoreError> {
    store.writer().check_open()?;
    let views = store.view_tables();
    // Nearly every start finds nothing to write.
    let statement = views.own("SELECT FROM &.immediate WHERE schema = $1 AND name = $2");
    let parameters: [&(dyn ToSql + Sync); 2] = [&views.name, &name];
    let found = read::query(store.database(), DOING, &statement, &parameters).await?;
    if found.is_empty() {
        return Ok(());
    }
    changing(store, async |change| {
        change.hold_off_appends().await?;
        let delete = "DELETE FROM &.immediate WHERE schema = $1 AND name = $2";
        change.rows(delete, &[&views.name, &name]).await.map(|_| ())
    })
    .await
}

impl Change<'_> {
    /// Lets no append begin until this transaction has ended, and waits for the one that is under way.
    async fn hold_off_appends(&self) -> Result<(), ViewStoreError> {
        let events = format!("{}.events", self.store.view_tables().log);
        // As `append` takes it.
        let lock = "SELECT pg_advisory_xact_lock((1702065713::bigint << 32) | to_regclass($1)::oid::bigint)";
        self.rows(lock, &[&events]).await.map(|_| ())
    }

    /// Lets no append fold a table of this read model while it is changed.
    pub(super) async fn hold_off_folds(&self, name: &str) -> Result<(), ViewStoreError> {
        let schema = &self.store.view_tables().name;
        let folded = self
            .rows(
                "SELECT FROM &.immediate WHERE schema = $1 AND name = $2",
                &[schema, &name],
            )
            .await?;
        if folded.is_empty() {
            return Ok(());
        }
        self.hold_off_appends().await
    }

    /// Appends have nothing more to fold of all tables of this read model, of one version, or of the shadow of one.
    pub(super) async fn forget_folds(
        &self,
        name: &str,
        version: Option<u32>,
        shadow_alone: bool,
    ) -> Result<(), ViewStoreError> {
        let schema = &self.store.view_tables().name;
        let version = version.map(i64::from);
        self.rows(
            "DELETE FROM &.immediate WHERE schema = $1 AND name = $2 AND ($3::bigint IS NULL OR version = $3) AND (shadow OR NOT $4)",
            &[schema, &name, &version, &shadow_alone],
        )
        .await
        .map(|_| ())
    }
}
