//! Appending in a transaction of sqlx: the same function of the database, bound by the other driver.

use eventsource_core::store::{AppendError, Commit, Committed, StoreErrorKind};
use sqlx::{AssertSqlSafe, PgConnection, Row};
use uuid::Uuid;

use super::Writer;
use super::call::{self, Answer, Columns, Parts, Snapshots};
use crate::commits;

const DOING: &str = "appending to the log in a transaction of sqlx";

impl Writer {
    /// Appends in the transaction that is open on this connection; it is committed, or not, by whoever began it.
    pub(crate) async fn append_in_sqlx(
        &self,
        connection: &mut PgConnection,
        commit: &Commit,
    ) -> Result<Committed, AppendError> {
        let place = self.shared.database.place();
        self.admit(commit)?;
        let failed = |error: sqlx::Error| AppendError::Store(place.sqlx(DOING, &error));
        let row = self.call(connection, commit).await.map_err(failed)?;
        let refused: Option<Vec<i32>> = row.try_get(0).map_err(failed)?;
        let number = |column| {
            let numbers: Option<Vec<Option<i64>>> = row.try_get(column)?;
            Ok(numbers.and_then(|numbers| *numbers.first()?))
        };
        let first = number(1).map_err(failed)?;
        let actual = number(2).map_err(failed)?;
        let unreadable = || {
            place
                .corrupt("the function `append` answers otherwise")
                .into()
        };
        match refused.as_ref().map(|refused| refused.first()) {
            None => Err(place
                .error(
                    StoreErrorKind::Unsupported,
                    format!("{DOING}: appends to this log fold read models, which a transaction of sqlx cannot: use PostgresStore::append_in, or declare them \"eventual\""),
                )
                .into()),
            Some(Some(0)) => {
                let first = first.ok_or_else(unreadable)?;
                call::outcome(place, commit, Answer::written(first))
            }
            Some(Some(-1)) => self.known_to_sqlx(connection, commit).await,
            Some(Some(part)) => {
                let part = usize::try_from(*part).ok().and_then(|part| part.checked_sub(1));
                let (part, actual) = part.zip(actual).ok_or_else(unreadable)?;
                call::outcome(place, commit, Answer::Conflict(part, actual.unsigned_abs()))
            }
            Some(None) => Err(unreadable()),
        }
    }

    async fn call(
        &self,
        connection: &mut PgConnection,
        commit: &Commit,
    ) -> Result<sqlx::postgres::PgRow, sqlx::Error> {
        let commits = [commit];
        let parts = Parts::of(&commits);
        let columns = Columns::of(call::events(commit));
        let snapshots = Snapshots::of(&commits);
        let new_types = self.shared.brings_types(&commits);
        sqlx::query(AssertSqlSafe(self.shared.calls.append_many()))
            .bind(self.shared.calls.busy_wait())
            .bind(false)
            .bind(vec![commit.id])
            .bind(vec![Uuid::from_bytes(commit.fingerprint.to_bytes())])
            .bind(vec![commit.recorded_at.as_micros()])
            .bind(vec![i32::try_from(columns.ids.len()).unwrap_or(i32::MAX)])
            .bind(parts.streams)
            .bind(parts.commit)
            .bind(parts.stream)
            .bind(parts.expected)
            .bind(parts.events)
            .bind(parts.event_part)
            .bind(parts.event_offset)
            .bind(parts.event_stream)
            .bind(columns.ids)
            .bind(columns.names)
            .bind(columns.schemas)
            .bind(columns.payloads.0)
            .bind(columns.metadatas.0)
            .bind(new_types)
            .bind(snapshots.commit)
            .bind(snapshots.stream)
            .bind(snapshots.fingerprint)
            .bind(snapshots.version)
            .bind(snapshots.state.0)
            .fetch_one(connection)
            .await
    }

    /// The first answer to a commit whose id is there already.
    async fn known_to_sqlx(
        &self,
        connection: &mut PgConnection,
        commit: &Commit,
    ) -> Result<Committed, AppendError> {
        let place = self.shared.database.place();
        let rows = sqlx::query_as(AssertSqlSafe(self.shared.find_commit.as_str()))
            .bind(commit.id)
            .fetch_all(connection)
            .await
            .map_err(|error| place.sqlx(DOING, &error))?;
        call::same(place, commit, commits::of(place, rows)?)
    }
}
