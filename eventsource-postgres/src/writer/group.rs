//! A group of commits in one transaction, each with an outcome of its own.
//!
//! A commit that is refused (a conflict, an id that is there) hinders no other. A failure of the database undoes the whole group; then each
//! commit is tried alone, so that one that is too large fails by itself. When the connection is lost, nobody knows whether the group was written:
//! it is appended again under the same ids, which writes nothing twice, until the answer is known or the time for it is over.

use std::time::{Duration, Instant};

use eventsource_core::Position;
use eventsource_core::store::{AppendError, Commit, Committed, StoreError, StoreErrorKind};

use super::Shared;
use super::call::{self, Answer};
use crate::error;

const DOING: &str = "appending to the log";

/// The shortest and the longest pause between two attempts to learn what became of a group.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(500));

/// What became of one commit.
type Outcome = Result<Committed, AppendError>;

/// Why a group has no outcomes.
enum Failure {
    /// Nothing was sent: there is no connection.
    NotSent(StoreError),
    /// It was undone by the server.
    Undone(tokio_postgres::Error),
    /// The connection was lost before the answer.
    Lost(tokio_postgres::Error),
}

/// Lets go of all that waits if the task that writes ends before its time, as when its runtime is shut down.
struct Working<'a>(Option<&'a Shared>);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        if let Some(shared) = self.0 {
            shared.queue.abandon();
        }
    }
}

impl Shared {
    /// Writes until nothing waits.
    pub(super) async fn work(&self) {
        let mut working = Working(Some(self));
        while let Some(tasks) = self.queue.take() {
            let commits: Vec<&Commit> = tasks.iter().map(|task| &*task.commit).collect();
            let outcomes = self.write(&commits).await;
            for (task, outcome) in tasks.into_iter().zip(outcomes) {
                // Whoever no longer waits has dropped the other end.
                let _ = task.answer.send(outcome);
            }
        }
        working.0 = None;
    }

    async fn write(&self, commits: &[&Commit]) -> Vec<Outcome> {
        match self.attempts(commits).await {
            Ok(outcomes) => outcomes,
            Err(Failure::Undone(error)) if commits.len() > 1 && of_one(&error) => {
                let mut outcomes = Vec::with_capacity(commits.len());
                for commit in commits {
                    let alone = self.attempts(std::slice::from_ref(commit)).await;
                    match alone {
                        Ok(alone) => outcomes.extend(alone),
                        Err(failure) => outcomes.push(Err(self.failed(commit, &failure))),
                    }
                }
                outcomes
            }
            Err(failure) => commits
                .iter()
                .map(|commit| Err(self.failed(commit, &failure)))
                .collect(),
        }
    }

    /// Appends the group; again, under the same ids, when the connection is lost.
    async fn attempts(&self, commits: &[&Commit]) -> Result<Vec<Outcome>, Failure> {
        let started = Instant::now();
        let mut pause = PAUSES.0;
        // The first connections that are found lost may have been so for long: another one is tried at once.
        let mut stale = self.database.connections();
        let mut lost = None;
        loop {
            let failure = match self.attempt(commits).await {
                Err(Failure::NotSent(error)) if lost.is_none() => {
                    return Err(Failure::NotSent(error));
                }
                Err(Failure::NotSent(_)) => None,
                Err(Failure::Lost(error)) => Some(error),
                done => return done,
            };
            let at_once = failure.is_some() && stale > 0;
            lost = failure.or(lost);
            if at_once {
                stale -= 1;
                continue;
            }
            if started.elapsed() >= self.resolve_wait
                && let Some(error) = lost.take()
            {
                return Err(Failure::Lost(error));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    async fn attempt(&self, commits: &[&Commit]) -> Result<Vec<Outcome>, Failure> {
        let client = self.database.client().await.map_err(Failure::NotSent)?;
        let sorted = |error| {
            if error::is_lost(&error) {
                Failure::Lost(error)
            } else {
                Failure::Undone(error)
            }
        };
        let new_types = self.brings_types(commits);
        let statement = client.prepare_cached(self.calls.statement(commits)).await;
        // Nothing was appended yet, but the same attempt once more is what is to be done then.
        let statement = statement.map_err(sorted)?;
        let answers = self.calls.append(&**client, &statement, commits, new_types);
        let Some(answers) = answers.await.map_err(sorted)? else {
            let place = self.database.place();
            return Err(Failure::NotSent(
                place.corrupt("the function `append` answers otherwise"),
            ));
        };
        let mut outcomes = Vec::with_capacity(commits.len());
        let mut head = Position::START;
        for (commit, answer) in commits.iter().zip(answers) {
            let outcome = if matches!(answer, Answer::Known) {
                let find = client.prepare_cached(&self.find_commit).await;
                let find = find.map_err(sorted)?;
                let rows = client.query(&find, &[&commit.id]).await.map_err(sorted)?;
                call::known(self.database.place(), commit, &rows)
            } else {
                call::outcome(self.database.place(), commit, answer)
            };
            if let Ok(committed) = &outcome {
                self.learn(commit);
                let last = committed.streams.iter().map(|part| part.position).max();
                head = head.max(last.unwrap_or_default());
            }
            outcomes.push(outcome);
        }
        self.grown(head);
        Ok(outcomes)
    }

    fn failed(&self, commit: &Commit, failure: &Failure) -> AppendError {
        let place = self.database.place();
        match failure {
            Failure::NotSent(error) => {
                // Each of a group is told, and an error's cause cannot be copied.
                let error = place.error(error.kind(), error.what());
                AppendError::Store(error)
            }
            Failure::Undone(error) => AppendError::Store(place.postgres(DOING, error)),
            Failure::Lost(error) => AppendError::Unknown {
                commit_id: commit.id,
                source: place.postgres(DOING, error),
            },
        }
    }
}

/// Whether a failure may be that of one commit of a group: what the others meet too is not tried again for each.
fn of_one(failure: &tokio_postgres::Error) -> bool {
    let place = error::Place::new("");
    !matches!(
        place.postgres(DOING, failure).kind(),
        StoreErrorKind::Busy
            | StoreErrorKind::Denied
            | StoreErrorKind::ReadOnly
            | StoreErrorKind::OlderSchema
            | StoreErrorKind::Full
    )
}
