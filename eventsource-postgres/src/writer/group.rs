//! A group of commits in one transaction, each with an outcome of its own.
//!
//! A commit that is refused (a conflict, an id that is there) hinders no other. A failure of the database undoes the whole group; then each
//! commit is tried alone, so that one that is too large fails by itself. When the connection is lost, nobody knows whether the group was written:
//! it is appended again under the same ids, which writes nothing twice, until the answer is known or the time for it is over. The server may still be
//! at work for the connection that was lost, so only an answer that was given under the log's lock is one: a failure of a later attempt is none.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use eventsource_core::Position;
use eventsource_core::store::{AppendError, Commit, Committed, StoreError, StoreErrorKind};

use super::Shared;
use super::call::{self, Answer, Reply};
use super::fold::Halt;
use super::pace::Pace;
use crate::session::{self, Session};
use crate::{error, read};

const DOING: &str = "appending to the log";

const LOOKING: &str = "looking for what a commit did that is there already";

/// The shortest and the longest pause between two attempts to learn what became of a group.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(500));

/// What became of one commit.
pub(super) type Outcome = Result<Committed, AppendError>;

/// An outcome, with whether the commit was written just now.
pub(super) type Settled = (Outcome, bool);

/// Since when it is not known whether a group was written, and the last connection that was lost with it.
#[derive(Clone, Default)]
struct Doubt(Option<(Instant, Arc<session::Error>)>);

impl Doubt {
    fn lost(&mut self, error: Arc<session::Error>) {
        let since = self
            .0
            .as_ref()
            .map_or_else(Instant::now, |(since, _)| *since);
        self.0 = Some((since, error));
    }
}

/// Why a group has no outcomes.
pub(super) enum Failure {
    /// Nothing was sent: there is no connection.
    NotSent(StoreError),
    /// One of its commits cannot be folded into a read model: it was undone.
    Refused(AppendError),
    /// It was undone by the server.
    Undone(session::Error),
    /// The connection was lost before the answer.
    Lost(Arc<session::Error>),
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
        let mut doubt = Doubt::default();
        match self.attempts(commits, &mut doubt).await {
            Ok(outcomes) => outcomes,
            Err(failure) if commits.len() > 1 && failure.may_be_of_one() => {
                let mut outcomes = Vec::with_capacity(commits.len());
                for commit in commits {
                    // What is not known of the group is not known of each.
                    let mut doubt = doubt.clone();
                    let alone = self
                        .attempts(std::slice::from_ref(commit), &mut doubt)
                        .await;
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
    async fn attempts(
        &self,
        commits: &[&Commit],
        doubt: &mut Doubt,
    ) -> Result<Vec<Outcome>, Failure> {
        let mut pause = PAUSES.0;
        // The first connections that are found lost may have been so for long: another one is tried at once.
        let mut stale = self.database.connections();
        loop {
            let at_once = match self.attempt(commits).await {
                Ok(outcomes) => return Ok(outcomes),
                Err(Failure::Lost(error)) => {
                    doubt.lost(error);
                    stale > 0
                }
                // It was refused under the log's lock, which what was lost before has let go of.
                Err(Failure::Refused(error)) => return Err(Failure::Refused(error)),
                Err(failure) if doubt.0.is_none() => return Err(failure),
                Err(failure) if commits.len() > 1 && failure.may_be_of_one() => {
                    return Err(failure);
                }
                // What was lost may be written yet.
                Err(_) => false,
            };
            if at_once {
                stale -= 1;
                continue;
            }
            if let Some((since, error)) = &doubt.0
                && since.elapsed() >= self.resolve_wait
            {
                return Err(Failure::Lost(Arc::clone(error)));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    async fn attempt(&self, commits: &[&Commit]) -> Result<Vec<Outcome>, Failure> {
        let client = self.database.client().await.map_err(Failure::NotSent)?;
        let answers = if self.folding.load(Ordering::Relaxed) {
            None
        } else {
            let session = Session::pooled(&client);
            self.append(session, commits, false).await?
        };
        let settled = if let Some(answers) = answers {
            drop(client);
            self.settle(commits, answers).await
        } else {
            self.folded(client, commits).await?
        };
        let mut head = Position::START;
        for (commit, (outcome, written)) in commits.iter().zip(&settled) {
            if let Ok(committed) = outcome {
                // One that was there already may have had other events.
                if *written {
                    self.learn(commit);
                }
                let last = committed.streams.iter().map(|part| part.position).max();
                head = head.max(last.unwrap_or_default());
            }
        }
        self.grown(head);
        Ok(settled.into_iter().map(|(outcome, _)| outcome).collect())
    }

    /// Appends the group. `None`, and nothing is appended: there is something to fold.
    pub(super) async fn append(
        &self,
        session: Session<'_>,
        commits: &[&Commit],
        folded: bool,
    ) -> Result<Option<Vec<Answer>>, Failure> {
        let new_types = self.brings_types(commits);
        match self
            .calls
            .append(session, commits, new_types, folded)
            .await?
        {
            Reply::Answers(answers) => Ok(Some(answers)),
            Reply::Fold => Ok(None),
            Reply::Unreadable => {
                let what = "the function `append` answers otherwise";
                Err(Failure::NotSent(self.database.place().corrupt(what)))
            }
        }
    }

    /// The outcomes of a group whose transaction has ended: nothing that fails from here on undoes a commit.
    async fn settle(&self, commits: &[&Commit], answers: Vec<Answer>) -> Vec<Settled> {
        let mut settled = Vec::with_capacity(commits.len());
        for (commit, answer) in commits.iter().zip(answers) {
            settled.push(match answer {
                Answer::Known => (self.first_answer(commit).await, false),
                answer => self.outcome(commit, answer),
            });
        }
        settled
    }

    /// The outcomes of a group whose transaction is open.
    pub(super) async fn settle_within(
        &self,
        session: Session<'_>,
        commits: &[&Commit],
        answers: Vec<Answer>,
    ) -> Result<Vec<Settled>, Failure> {
        let mut settled = Vec::with_capacity(commits.len());
        for (commit, answer) in commits.iter().zip(answers) {
            settled.push(if matches!(answer, Answer::Known) {
                let rows = session.query(&self.find_commit, &[&commit.id]).await?;
                let place = self.database.place();
                (call::known(place, commit, &rows), false)
            } else {
                self.outcome(commit, answer)
            });
        }
        Ok(settled)
    }

    fn outcome(&self, commit: &Commit, answer: Answer) -> Settled {
        let outcome = call::outcome(self.database.place(), commit, answer);
        let written = outcome.is_ok();
        (outcome, written)
    }

    /// The first answer to a commit whose id is there already. Where it cannot be had, it is not known whether it is the same commit.
    async fn first_answer(&self, commit: &Commit) -> Outcome {
        let started = Instant::now();
        let mut pause = PAUSES.0;
        loop {
            let rows = read::query(&self.database, LOOKING, &self.find_commit, &[&commit.id]).await;
            let source = match rows {
                Ok(rows) => return call::known(self.database.place(), commit, &rows),
                Err(error) => error,
            };
            let may_come_back = source.kind() == StoreErrorKind::Unavailable;
            if !may_come_back || started.elapsed() >= self.resolve_wait {
                let commit_id = commit.id;
                return Err(AppendError::Unknown { commit_id, source });
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    /// Appends the group and folds it, in a transaction that takes several messages.
    async fn folded(
        &self,
        mut client: deadpool_postgres::Client,
        commits: &[&Commit],
    ) -> Result<Vec<Settled>, Failure> {
        let transaction = client.transaction().await?;
        let halt = {
            let session = Session::within(&transaction);
            // A program that hangs between two messages must not hold the log for longer than others wait for it.
            let limit = format!(
                "SET LOCAL idle_in_transaction_session_timeout = {}",
                self.calls.busy_wait()
            );
            session.execute(&limit).await?;
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
    ) -> Result<Result<Vec<Settled>, Halt>, Failure> {
        let answers = self.append(session, commits, true).await?;
        let answers = answers.unwrap_or_default();
        let outcomes = self.settle_within(session, commits, answers).await?;
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
                Ok(Ok(outcomes))
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
                source: place.postgres(DOING, &**error),
            },
        }
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        session::Error::from(error).into()
    }
}

impl From<session::Error> for Failure {
    fn from(error: session::Error) -> Self {
        if error::is_lost(&error) {
            Self::Lost(Arc::new(error))
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
