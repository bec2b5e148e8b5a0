//! The SQL view under a projection's name: which version it shows, and what of others stays when that changes.

use eventsource_core::store::ViewStoreError;
use tokio_postgres::error::SqlState;

use super::names::{physical, shown};
use super::tables::Change;
use crate::sql::quoted;

impl Change<'_> {
    /// Lets the SQL view under the projection's name show its highest version.
    pub(super) async fn show(&self, name: &str) -> Result<(), ViewStoreError> {
        let highest = self
            .rows(
                "SELECT max(version) FROM @.\"@projections\" WHERE name = $1 AND NOT shadow",
                &[&name],
            )
            .await?;
        let highest = highest.first().map(|row| row.try_get::<i64>(0)).transpose();
        let highest = highest
            .map_err(|error| self.failed(&error))?
            .unwrap_or_default();
        let table = physical(name, u32::try_from(highest).unwrap_or(u32::MAX), false);
        let columns = self
            .rows(
                "SELECT a.attname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                 JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped
                 AND a.attname <> '@' ORDER BY a.attnum",
                &[&self.store.view_tables().name, &table],
            )
            .await?;
        let mut names = Vec::with_capacity(columns.len());
        for row in &columns {
            let column: &str = row.try_get(0).map_err(|error| self.failed(&error))?;
            names.push(quoted(column));
        }
        let schema = &self.store.view_tables().schema;
        let view = format!("{schema}.{}", quoted(&shown(name)));
        let select = format!(
            "SELECT {} FROM {schema}.{}",
            names.join(", "),
            quoted(&table)
        );
        self.show_as(name, &view, &select).await
    }

    /// Lets the SQL view show this. What others have made of the view, and who may read it, stays. Where its columns are others now, it is made
    /// anew for the same readers; where something of others stands on it, that goes on with what it has.
    async fn show_as(&self, name: &str, view: &str, select: &str) -> Result<(), ViewStoreError> {
        let replace = format!("CREATE OR REPLACE VIEW {view} AS {select};");
        if self.attempt(&replace).await? {
            return Ok(());
        }
        let rights = self
            .rows(
                "SELECT format('GRANT %s ON %s TO %s%s;', a.privilege_type, $1::text,
                     CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
                     CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
                 FROM pg_class c, aclexplode(c.relacl) a
                 WHERE c.oid = to_regclass($1::text) AND a.grantee <> c.relowner",
                &[&view],
            )
            .await?;
        let mut script = vec![format!("DROP VIEW {view}; CREATE VIEW {view} AS {select};")];
        for row in &rights {
            script.push(row.try_get(0).map_err(|error| self.failed(&error))?);
        }
        if !self.attempt(&script.concat()).await? {
            tracing::warn!(
                projection = name,
                "the SQL view of a read model still shows an older version, whose columns are others: something that was made by hand depends on it. Drop that, and the view goes on with the next rebuild, new version or removal of the older one"
            );
        }
        Ok(())
    }

    /// Whether this SQL view is there and reads this table.
    pub(super) async fn is_shown(&self, view: &str, table: &str) -> Result<bool, ViewStoreError> {
        let found = self
            .rows(
                "SELECT FROM pg_rewrite r JOIN pg_depend d ON d.objid = r.oid AND d.classid = 'pg_rewrite'::regclass
                 WHERE r.ev_class = to_regclass($1::text) AND d.refobjid = to_regclass($2::text)
                 AND d.refclassid = 'pg_class'::regclass LIMIT 1",
                &[&view, &table],
            )
            .await?;
        Ok(!found.is_empty())
    }

    /// Runs a script, whole or not at all. `false`: columns of an SQL view cannot be changed so, or something of others depends on it.
    async fn attempt(&self, script: &str) -> Result<bool, ViewStoreError> {
        self.script("SAVEPOINT attempt").await?;
        let done = self.transaction.batch_execute(script).await;
        let (done, end) = match done {
            Ok(()) => (true, "RELEASE SAVEPOINT attempt"),
            Err(error)
                if [
                    Some(&SqlState::INVALID_TABLE_DEFINITION),
                    Some(&SqlState::DEPENDENT_OBJECTS_STILL_EXIST),
                ]
                .contains(&error.code()) =>
            {
                (false, "ROLLBACK TO SAVEPOINT attempt")
            }
            Err(error) => return Err(self.failed(&error)),
        };
        self.script(end).await?;
        Ok(done)
    }
}
