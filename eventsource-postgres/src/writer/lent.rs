//! Appending in a transaction of the user's own.

use eventsource_core::store::{AppendError, Commit, Committed};
use tokio_postgres::Transaction;

use super::Writer;
use super::group::Failure;
use crate::session::Session;

const DOING: &str = "appending to the log in a transaction of the program's own";

impl Writer {
    /// Appends in this transaction; it is committed, or not, by whoever began it.
    pub(crate) async fn append_in(
        &self,
        transaction: &Transaction<'_>,
        commit: &Commit,
    ) -> Result<Committed, AppendError> {
        self.append_within(Session::of(transaction), commit).await
    }

    /// The same, in the transaction that is open on this connection of sqlx.
    #[cfg(feature = "sqlx")]
    pub(crate) async fn append_in_sqlx(
        &self,
        connection: &mut sqlx::PgConnection,
        commit: &Commit,
    ) -> Result<Committed, AppendError> {
        let lent = crate::session::Lent::new(connection);
        self.append_within(Session::of_sqlx(&lent), commit).await
    }

    async fn append_within(
        &self,
        session: Session<'_>,
        commit: &Commit,
    ) -> Result<Committed, AppendError> {
        let place = self.shared.database.place();
        self.admit(commit)?;
        let appended = self.try_in(session, commit).await;
        appended.unwrap_or_else(|failure| {
            Err(match failure {
                Failure::Refused(error) => error,
                Failure::NotSent(error) => error.into(),
                Failure::Undone(error) => place.postgres(DOING, &error).into(),
                Failure::Lost(error) => place.postgres(DOING, &*error).into(),
            })
        })
    }

    async fn try_in(
        &self,
        session: Session<'_>,
        commit: &Commit,
    ) -> Result<Result<Committed, AppendError>, Failure> {
        let shared = &self.shared;
        let place = shared.database.place();
        let commits = [commit];
        if let Some(answers) = shared.append(session, &commits, false).await? {
            let mut outcomes = shared.settle_within(session, &commits, answers).await?;
            let outcome = outcomes.pop().map(|(outcome, _)| outcome);
            return Ok(outcome.unwrap_or_else(|| Err(no_answer(place).into())));
        }
        // What cannot be folded is undone, and what the transaction did before stays.
        session.execute("SAVEPOINT eventsource_append").await?;
        match shared.append_and_fold(session, &commits).await? {
            Ok(mut outcomes) => {
                session
                    .execute("RELEASE SAVEPOINT eventsource_append")
                    .await?;
                let outcome = outcomes.pop().map(|(outcome, _)| outcome);
                Ok(outcome.unwrap_or_else(|| Err(no_answer(place).into())))
            }
            Err(halt) => {
                session
                    .execute("ROLLBACK TO SAVEPOINT eventsource_append; RELEASE SAVEPOINT eventsource_append")
                    .await?;
                Ok(Err(halt.refusal(place, session).await?))
            }
        }
    }
}

fn no_answer(place: &crate::error::Place) -> eventsource_core::store::StoreError {
    place.corrupt("the function `append` answers otherwise")
}
