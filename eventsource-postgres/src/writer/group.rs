//! A group of commits in one transaction, each with an outcome of its own.
//!
//! A commit that is refused (a conflict, an id that is there) hinders no other. A failure of the database undoes the whole group; then each
//! commit is tried alone, so that one that is too large fails by itself. When the connection is lost, nobody knows whether the group was written:
//! it is appended again under the same ids, which writes nothing twice, until the answer is known or the time for it is over.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use eventsource_core::Position;
use eventsource_core::store::{AppendError, Commit, Committed, StoreError, StoreErrorKind};

use super::Shared;
use super::call::{self, Answer, Reply};
use super::fold::Halt;
use super::pace::Pace;
use crate::error;
use crate::session::Session;

const DOING: &str = "appending to the log";

/// The shortest and the longest pause between two attempts to learn what became of a group.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(500));

/// What became of one commit.
pub(super) type Outcome = Result<Committed, AppendError>;

/// Why a group has no outcomes.
pub(super) enum Failure {
    /// Nothing was sent: there is no connection.
    NotSent(StoreError),
    /// One of its commits cannot be folded into a read model: it was undone.
    Refused(AppendError),
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
        let mut pace = Pace::default();
        while let Some(tasks) = self.queue.take() {
            let started = Instant::now();
            let together = tasks.len();
            let commits: Vec<&Commit> = tasks.iter().map(|task| &*task.commit).collect();
            let outcomes = self.write(&commits).await;
            for (task, outcome) in tasks.into_iter().zip(outcomes) {
                // Whoever no longer waits has dropped the other end.
                let _ = task.answer.send(outcome);
            }
            let wanted = together + self.queue.waiting();
            if let Some(time) = pace.pause(wanted, started.elapsed()) {
                pace.learn(self.queue.gather(wanted, time).await);
            }
        }
        working.0 = None;
    }

    async fn write(&self, commits: &[&Commit]) -> Vec<Outcome> {
        match self.attempts(commits).await {
            Ok(outcomes) => outcomes,
            Err(failure) if commits.len() > 1 && failure.may_be_of_one() => {
                let mut outcomes = Vec::with_capacity(commits.len());
                for commit in commits {
                    let alone = self.attempts(std::slice::from_ref(commit)).await;
                    match alone {
                        Ok(alone) => outcomes.extend(alone),
                        Err(failure) => outcomes.push(Err(self.failed(commit, failure))),
                    }
                }
                outcomes
            }
            // Nothing but a lone commit is refused here.
            Err(Failure::Refused(error)) => vec![Err(error)],
            Err(failure) => commits
                .iter()
                .map(|commit| Err(self.failed_together(commit, &failure)))
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
        let outcomes = if self.folding.load(Ordering::Relaxed) {
            self.folded(client, commits).await?
        } else {
            let session = Session::pooled(&client);
            let reply = self.append(session, commits, false).await?;
            if let Some(outcomes) = reply {
                outcomes.into_iter().map(|(outcome, _)| outcome).collect()
            } else {
                self.folded(client, commits).await?
            }
        };
        let mut head = Position::START;
        for (commit, outcome) in commits.iter().zip(&outcomes) {
            if let Ok(committed) = outcome {
                self.learn(commit);
                let last = committed.streams.iter().map(|part| part.position).max();
                head = head.max(last.unwrap_or_default());
            }
        }
        self.grown(head);
        Ok(outcomes)
    }

    /// Appends the group; each outcome with whether it was written just now. `None`, and nothing is appended: there is something to fold.
    pub(super) async fn append(
        &self,
        session: Session<'_>,
        commits: &[&Commit],
        folded: bool,
    ) -> Result<Option<Vec<(Outcome, bool)>>, Failure> {
        let place = self.database.place();
        let new_types = self.brings_types(commits);
        let answers = match self
            .calls
            .append(session, commits, new_types, folded)
            .await?
        {
            Reply::Answers(answers) => answers,
            Reply::Fold => return Ok(None),
            Reply::Unreadable => {
                let what = "the function `append` answers otherwise";
                return Err(Failure::NotSent(place.corrupt(what)));
            }
        };
        let mut outcomes = Vec::with_capacity(commits.len());
        for (commit, answer) in commits.iter().zip(answers) {
            outcomes.push(if matches!(answer, Answer::Known) {
                let rows = session.query(&self.find_commit, &[&commit.id]).await?;
                (call::known(place, commit, &rows), false)
            } else {
                let outcome = call::outcome(place, commit, answer);
                let written = outcome.is_ok();
                (outcome, written)
            });
        }
        Ok(Some(outcomes))
    }

    /// Appends the group and folds it, in a transaction that takes several messages.
    async fn folded(
        &self,
        mut client: deadpool_postgres::Client,
        commits: &[&Commit],
    ) -> Result<Vec<Outcome>, Failure> {
        let transaction = client.transaction().await?;
        let halt = {
            let session = Session::within(&transaction);
            // A program that hangs between two messages must not hold the log for longer than others wait for it.
            let limit = format!(
                "SET LOCAL idle_in_transaction_session_timeout = {}",
                self.calls.busy_wait()
            );
            session.client().batch_execute(&limit).await?;
            self.append_and_fold(session, commits).await?
        };
        match halt {
            Ok(outcomes) => {
                transaction.commit().await?;
                Ok(outcomes)
            }
            Err(halt) => {
                transaction.rollback().await?;
                if commits.len() > 1
                    && let Halt::Mixed = halt
                {
                    let what = "commits of several programs are appended apart";
                    let error = self.database.place().error(StoreErrorKind::Other, what);
                    return Err(Failure::Refused(error.into()));
                }
                let session = Session::pooled(&client);
                let place = self.database.place();
                Err(Failure::Refused(halt.refusal(place, session).await?))
            }
        }
    }

    /// Appends and folds, in the transaction that is open. The inner error: it has to be undone.
    pub(super) async fn append_and_fold(
        &self,
        session: Session<'_>,
        commits: &[&Commit],
    ) -> Result<Result<Vec<Outcome>, Halt>, Failure> {
        let outcomes = self.append(session, commits, true).await?;
        let outcomes = outcomes.unwrap_or_default();
        let written: Vec<(&Commit, &Committed)> = commits
            .iter()
            .zip(&outcomes)
            .filter_map(|(commit, (outcome, written))| {
                let committed = outcome.as_ref().ok().filter(|_| *written)?;
                Some((*commit, committed))
            })
            .collect();
        let folded = self
            .folds
            .fold(self.database.place(), session, &written)
            .await;
        match folded {
            Ok(more) => {
                self.folding.store(more, Ordering::Relaxed);
                Ok(Ok(outcomes
                    .into_iter()
                    .map(|(outcome, _)| outcome)
                    .collect()))
            }
            Err(halt) => Ok(Err(halt)),
        }
    }

    /// The answer to a commit that was tried alone.
    fn failed(&self, commit: &Commit, failure: Failure) -> AppendError {
        match failure {
            Failure::Refused(error) => error,
            failure => self.failed_together(commit, &failure),
        }
    }

    fn failed_together(&self, commit: &Commit, failure: &Failure) -> AppendError {
        let place = self.database.place();
        match failure {
            Failure::Refused(_) => place.corrupt("a group was refused as a whole").into(),
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

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        if error::is_lost(&error) {
            Self::Lost(error)
        } else {
            Self::Undone(error)
        }
    }
}

impl Failure {
    /// Whether it may be that of one commit of a group: what the others meet too is not tried again for each.
    fn may_be_of_one(&self) -> bool {
        match self {
            Self::Refused(_) => true,
            Self::Undone(error) => !matches!(
                error::Place::new("").postgres(DOING, error).kind(),
                StoreErrorKind::Busy
                    | StoreErrorKind::Denied
                    | StoreErrorKind::ReadOnly
                    | StoreErrorKind::OlderSchema
                    | StoreErrorKind::Full
            ),
            Self::NotSent(_) | Self::Lost(_) => false,
        }
    }
}
