//! Read models that are given up: all of one, or one of its versions.

use eventsource_core::store::ViewStoreError;

use super::names::{check_name, physical, shown};
use super::tables::{Change, changing};
use crate::PostgresStore;
use crate::session;
use crate::sql::quoted;

pub(super) async fn remove(store: &PostgresStore, name: &str) -> Result<(), ViewStoreError> {
    store.writer().check_open()?;
    check_name(store.place(), name)?;
    changing(store, async |change| change.remove(name).await).await
}

/// `false`: there is no such version.
pub(super) async fn remove_version(
    store: &PostgresStore,
    name: &str,
    version: u32,
) -> Result<bool, ViewStoreError> {
    store.writer().check_open()?;
    check_name(store.place(), name)?;
    changing(store, async |change| {
        let tables = change.tables_of(name).await?;
        let is_there = |wanted: bool| {
            let served = tables.iter().filter(|(_, shadow)| !shadow);
            served
                .into_iter()
                .any(|(other, _)| (*other == version) == wanted)
        };
        if !is_there(true) {
            return Ok(false);
        }
        if !is_there(false) {
            change.remove(name).await?;
            return Ok(true);
        }
        change.hold_off_folds(name).await?;
        change.forget_folds(name, Some(version), false).await?;
        let stored = i64::from(version);
        for own in ["@projections", "@skips"] {
            let delete = format!("DELETE FROM @.\"{own}\" WHERE name = $1 AND version = $2");
            change.rows(&delete, &[&name, &stored]).await?;
        }
        // The SQL view lets go of the table before that is dropped.
        change.show(name).await?;
        let tables = tables.iter().filter(|(other, _)| *other == version);
        let script: Vec<String> = tables.map(|table| change.drop_of(name, *table)).collect();
        change.drop_tables(name, &script.concat()).await?;
        Ok(true)
    })
    .await
}

impl Change<'_> {
    async fn remove(&self, name: &str) -> Result<(), ViewStoreError> {
        let tables = self.tables_of(name).await?;
        if !tables.is_empty() {
            self.hold_off_folds(name).await?;
            self.forget_folds(name, None, false).await?;
            let schema = &self.store.view_tables().schema;
            let mut script = vec![format!(
                "DROP VIEW IF EXISTS {schema}.{};",
                quoted(&shown(name))
            )];
            script.extend(tables.into_iter().map(|table| self.drop_of(name, table)));
            self.drop_tables(name, &script.concat()).await?;
        }
        for (own, column) in [
            ("@projections", "name"),
            ("@skips", "name"),
            ("@outbox", "process"),
            ("@outboxes", "process"),
        ] {
            let delete = format!("DELETE FROM @.\"{own}\" WHERE {column} = $1");
            self.rows(&delete, &[&name]).await?;
        }
        Ok(())
    }

    /// The versions of a read model, each with whether it is a shadow.
    async fn tables_of(&self, name: &str) -> Result<Vec<(u32, bool)>, ViewStoreError> {
        let rows = self
            .rows(
                "SELECT version, shadow FROM @.\"@projections\" WHERE name = $1",
                &[&name],
            )
            .await?;
        let tables = rows.iter().map(|row| {
            let version: i64 = row.try_get(0)?;
            Ok((u32::try_from(version).unwrap_or(u32::MAX), row.try_get(1)?))
        });
        tables
            .collect::<Result<_, session::Error>>()
            .map_err(|error| self.failed(&error))
    }

    fn drop_of(&self, name: &str, (version, shadow): (u32, bool)) -> String {
        let schema = &self.store.view_tables().schema;
        let table = quoted(&physical(name, version, shadow));
        format!("DROP TABLE IF EXISTS {schema}.{table};")
    }
}
