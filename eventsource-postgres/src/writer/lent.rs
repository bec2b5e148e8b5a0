//! Appending in a transaction of the user's own.

use eventsource_core::store::{AppendError, Commit, Committed};
use tokio_postgres::Transaction;

use super::call::{self, Answer};
use super::{Writer, check};

const DOING: &str = "appending to the log in a transaction of the program's own";

impl Writer {
    /// Appends in this transaction; it is committed, or not, by whoever began it.
    pub(crate) async fn append_in(
        &self,
        transaction: &Transaction<'_>,
        commit: &Commit,
    ) -> Result<Committed, AppendError> {
        let shared = &self.shared;
        let place = shared.database.place();
        self.check_open()?;
        check::check(place, commit)?;
        let commits = [commit];
        let failed = |error| AppendError::Store(place.postgres(DOING, &error));
        let statement = shared.calls.statement(&commits);
        let statement = transaction.prepare(statement).await.map_err(failed)?;
        let new_types = shared.brings_types(&commits);
        let answers = shared
            .calls
            .append(transaction, &statement, &commits, new_types);
        let answer = answers
            .await
            .map_err(failed)?
            .and_then(|mut answers| answers.pop());
        match answer {
            None | Some(Answer::Known) => {
                let rows = transaction.query(&shared.find_commit, &[&commit.id]).await;
                call::known(place, commit, &rows.map_err(failed)?)
            }
            Some(answer) => call::outcome(place, commit, answer),
        }
    }
}
