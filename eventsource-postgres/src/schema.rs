//! The tables of a store, and how older ones are brought up to date.

use deadpool_postgres::Client;
use eventsource_core::store::{StoreError, StoreErrorKind};
use tokio_postgres::GenericClient;

use crate::connect::Database;
use crate::error::Place;
use crate::sql::quoted;

const DOING: &str = "preparing its tables";

/// Held while tables are made: "esv1" in ASCII, in front of the hash of the schema's name.
const LOCK: &str = "SELECT pg_advisory_xact_lock(1702065713, hashtext($1))";

/// Tables that belong together, in a schema of their own.
pub(crate) struct Part {
    /// The schema's name.
    schema: String,
    /// The table that tells which migrations were run.
    migrations_table: &'static str,
    /// Each takes the tables from the version of its index to the next. Only ever append to the list: what was released has run in databases
    /// that we will never see.
    migrations: &'static [&'static str],
}

/// Events, commits, snapshots.
pub(crate) fn log(schema: &str) -> Part {
    Part {
        schema: schema.to_owned(),
        migrations_table: "migrations",
        migrations: &[
            include_str!("migrations/log/0001_log.sql"),
            include_str!("migrations/log/0002_append_to_stream.sql"),
        ],
    }
}

/// What is known of the read models.
pub(crate) fn read_models(schema: &str) -> Part {
    Part {
        schema: schema.to_owned(),
        migrations_table: "@migrations",
        migrations: &[
            include_str!("migrations/read_models/0001_read_models.sql"),
            include_str!("migrations/read_models/0002_targets_stops_outbox_leases.sql"),
        ],
    }
}

/// What a schema holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// Nothing of ours, and nothing of others.
    Empty,
    /// Tables of ours, not newer than this release's.
    Version(usize),
}

/// Makes sure that the tables are this release's; with `migrate` creates or upgrades them, once, whoever starts at the same time.
pub(crate) async fn prepare(
    database: &Database,
    parts: &[Part],
    migrate: bool,
) -> Result<(), StoreError> {
    let place = database.place();
    let mut client = database.client().await?;
    check_server(place, &client).await?;
    for part in parts {
        if part.inspect(place, &**client).await? == Found::Version(part.migrations.len()) {
            continue;
        }
        if !migrate {
            return Err(unprepared(place, &part.schema));
        }
        part.migrate(place, &mut client).await?;
    }
    Ok(())
}

/// The error for tables that were never made, or by an older release.
fn unprepared(place: &Place, schema: &str) -> StoreError {
    place.error(
        StoreErrorKind::OlderSchema,
        format!(
            "the tables in schema {schema} are missing or of an older release: let a program that may migrate start on it first (App::start, or EventStore::prepare(true)), or run the files of the crate's folder src/migrations by hand"
        ),
    )
}

/// The oldest release whose tables and functions are as this store needs them.
const OLDEST_SERVER: i32 = 150_000;

async fn check_server(place: &Place, client: &Client) -> Result<(), StoreError> {
    let row = client
        .query_one(
            "SELECT current_setting('server_version_num')::integer, current_setting('server_encoding')",
            &[],
        )
        .await
        .map_err(|error| place.postgres(DOING, &error))?;
    let unreadable = |_| place.corrupt("the server's settings cannot be read");
    let version: i32 = row.try_get(0).map_err(unreadable)?;
    let encoding: &str = row.try_get(1).map_err(unreadable)?;
    if version < OLDEST_SERVER {
        return Err(place.error(
            StoreErrorKind::Unsupported,
            format!(
                "the server is PostgreSQL {}: 15 or newer is needed",
                version / 10_000
            ),
        ));
    }
    if encoding != "UTF8" {
        return Err(place.error(
            StoreErrorKind::Unsupported,
            format!(
                "the database keeps text in {encoding}: create one with ENCODING 'UTF8' TEMPLATE template0"
            ),
        ));
    }
    Ok(())
}

impl Part {
    async fn migrate(&self, place: &Place, client: &mut Client) -> Result<(), StoreError> {
        let failed = |error: tokio_postgres::Error| place.postgres(DOING, &error);
        let transaction = client.transaction().await.map_err(failed)?;
        transaction
            .execute(LOCK, &[&self.schema])
            .await
            .map_err(failed)?;
        // Whoever had the lock before us may have done it.
        let done = match self.inspect(place, &*transaction).await? {
            Found::Empty => 0,
            Found::Version(version) => version,
        };
        let schema = quoted(&self.schema);
        let create = if done == 0 && !self.exists(place, &*transaction).await? {
            format!("CREATE SCHEMA {schema};")
        } else {
            String::new()
        };
        let enter = format!("SET LOCAL search_path TO {schema};");
        let mut script = vec![create.as_str(), &enter];
        script.extend(self.migrations.iter().skip(done));
        let script = script.concat();
        transaction.batch_execute(&script).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        tracing::debug!(
            store = place.name(),
            schema = self.schema,
            from = done,
            to = self.migrations.len(),
            "schema migrated"
        );
        Ok(())
    }

    async fn exists(&self, place: &Place, client: &impl GenericClient) -> Result<bool, StoreError> {
        let found = client
            .query_opt(
                "SELECT FROM pg_namespace WHERE nspname = $1",
                &[&self.schema],
            )
            .await
            .map_err(|error| place.postgres(DOING, &error))?;
        Ok(found.is_some())
    }

    async fn inspect(
        &self,
        place: &Place,
        client: &impl GenericClient,
    ) -> Result<Found, StoreError> {
        let failed = |error: tokio_postgres::Error| place.postgres("reading its schema", &error);
        let seen = client
            .query_one(
                "SELECT coalesce(bool_or(c.relname = $2), false), count(c.oid) FROM pg_class c
                 JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1",
                &[&self.schema, &self.migrations_table],
            )
            .await
            .map_err(failed)?;
        let unreadable = |_| place.corrupt("the server's catalogue cannot be read");
        let ours: bool = seen.try_get(0).map_err(unreadable)?;
        let objects: i64 = seen.try_get(1).map_err(unreadable)?;
        if !ours {
            return if objects == 0 {
                Ok(Found::Empty)
            } else {
                Err(self.foreign(place))
            };
        }
        let statement = format!(
            "SELECT max(version) FROM {}.{}",
            quoted(&self.schema),
            quoted(self.migrations_table)
        );
        let row = client.query_one(&statement, &[]).await;
        let version = match row {
            Ok(row) => row.try_get::<_, Option<i32>>(0),
            Err(error)
                if error.code() == Some(&tokio_postgres::error::SqlState::UNDEFINED_COLUMN) =>
            {
                return Err(self.foreign(place));
            }
            Err(error) => return Err(failed(error)),
        };
        let version = version.map_err(|_| self.foreign(place))?.unwrap_or(0);
        let known = self.migrations.len();
        match usize::try_from(version) {
            Ok(version) if version > known => Err(place.error(
                StoreErrorKind::NewerSchema,
                format!(
                    "the tables in schema {} are of version {version}, this release knows versions up to {known}: start a newer release of the program",
                    self.schema
                ),
            )),
            Ok(version) if version > 0 => Ok(Found::Version(version)),
            _ => Err(self.foreign(place)),
        }
    }

    fn foreign(&self, place: &Place) -> StoreError {
        place.error(
            StoreErrorKind::Corrupt,
            format!(
                "schema {} has tables of another program: give the store a schema of its own, with PostgresOptions::schema and views_schema",
                self.schema
            ),
        )
    }
}
