//! A group of tasks in one transaction, each with an outcome of its own.
//!
//! A task that is refused (a conflict, a fenced checkpoint) writes nothing, so that the others go on. Commits are checked before they write
//! anything; changes to read models, which find a violated constraint only while they write, stand under a savepoint, and so do commits that
//! are folded into some. A failure of SQLite itself
//! spoils the transaction: it is rolled back and each task is tried again alone, so that one that is too large fails by itself.

use std::collections::HashSet;
use std::time::Instant;

use eventsource_core::Position;
use eventsource_core::store::{AppendError, Commit, Committed, StoreError, ViewStoreError};
use rusqlite::{Connection, ErrorCode};

use super::append::{Appended, Log};
use super::immediate::{Folding, Halt};
use super::{Task, Work};
use crate::error::Place;

/// What is kept from group to group.
#[derive(Debug)]
pub(super) struct Group {
    place: Place,
    types: HashSet<(&'static str, u16)>,
    folding: Folding,
}

/// What became of one task.
enum Outcome {
    Append(Result<Committed, AppendError>),
    View(Result<(), ViewStoreError>),
}

/// A group that was written, or not, and is to be answered.
pub(super) struct Done {
    answers: Vec<(Task, Outcome)>,
    /// The last position of the log, where it is known.
    pub(super) head: Option<Position>,
    /// Whether the connection can go on being used.
    pub(super) usable: bool,
}

impl Done {
    pub(super) fn answer(self) {
        for (task, outcome) in self.answers {
            // Whoever no longer waits has dropped the other end.
            match (task.work, outcome) {
                (Work::Append { answer, .. }, Outcome::Append(outcome)) => {
                    let _ = answer.send(outcome);
                }
                (Work::View { answer, .. }, Outcome::View(outcome)) => {
                    let _ = answer.send(outcome);
                }
                _ => {}
            }
        }
    }
}

/// Where a transaction failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Begin,
    Write,
    Commit,
}

/// Why a transaction failed.
pub(super) struct Failure {
    step: Step,
    error: rusqlite::Error,
}

impl Failure {
    /// Whether another connection has the write lock.
    pub(super) fn is_busy(&self) -> bool {
        self.step == Step::Begin && self.error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
    }
}

impl Group {
    pub(super) fn new(place: Place) -> Self {
        Self {
            place,
            types: HashSet::new(),
            folding: Folding::default(),
        }
    }

    /// Does all tasks in one transaction, which was [begun](begin) or not.
    pub(super) fn run(
        &mut self,
        connection: &Connection,
        begun: Result<(), Failure>,
        tasks: Vec<Task>,
    ) -> Done {
        let mut head = None;
        let mut usable = true;
        let mut answers = Vec::with_capacity(tasks.len());
        match begun.and_then(|()| self.transaction(connection, &tasks, &mut head)) {
            Ok(outcomes) => answers.extend(tasks.into_iter().zip(outcomes)),
            Err(failure) if failure.step == Step::Write && tasks.len() > 1 => {
                usable = self.roll_back(connection);
                for task in tasks {
                    let alone = std::slice::from_ref(&task);
                    let outcome = match begin(connection)
                        .and_then(|()| self.transaction(connection, alone, &mut head))
                    {
                        Ok(mut outcomes) => outcomes.pop(),
                        Err(failure) => {
                            usable &= self.roll_back(connection);
                            Some(self.failed(&task, &failure))
                        }
                    };
                    answers.extend(outcome.map(|outcome| (task, outcome)));
                }
            }
            Err(failure) => {
                usable = self.roll_back(connection);
                for task in tasks {
                    let outcome = self.failed(&task, &failure);
                    answers.push((task, outcome));
                }
            }
        }
        Done {
            answers,
            head,
            usable,
        }
    }

    /// The same error for all tasks.
    pub(super) fn refuse(&self, tasks: Vec<Task>, error: &StoreError) -> Done {
        let again = || self.place.error(error.kind(), error.what());
        let answers = tasks
            .into_iter()
            .map(|task| {
                let outcome = match task.work {
                    Work::Append { .. } => Outcome::Append(Err(again().into())),
                    Work::View { .. } => Outcome::View(Err(again().into())),
                };
                (task, outcome)
            })
            .collect();
        Done {
            answers,
            head: None,
            usable: true,
        }
    }

    /// Does the tasks in the transaction that was begun, and commits it.
    fn transaction(
        &mut self,
        connection: &Connection,
        tasks: &[Task],
        head: &mut Option<Position>,
    ) -> Result<Vec<Outcome>, Failure> {
        let started = Instant::now();
        let at = |step| move |error| Failure { step, error };
        let last: i64 = connection
            .prepare_cached("SELECT coalesce(max(position), 0) FROM eventsource_events")
            .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
            .map_err(at(Step::Write))?;
        let mut log = Log {
            place: &self.place,
            connection,
            next: last.saturating_add(1),
            types: &mut self.types,
        };
        let folding = &mut self.folding;
        folding.begin();
        let mut outcomes = Vec::with_capacity(tasks.len());
        for task in tasks {
            outcomes.push(match &task.work {
                Work::Append { commit, .. } => {
                    let outcome = append(&mut log, folding, commit);
                    Outcome::Append(outcome.map_err(at(Step::Write))?)
                }
                Work::View { change, .. } => {
                    folding.flush(connection).map_err(at(Step::Write))?;
                    folding.begin();
                    let outcome = change.apply(&self.place, connection);
                    Outcome::View(outcome.map_err(at(Step::Write))?)
                }
            });
        }
        folding.flush(connection).map_err(at(Step::Write))?;
        let next = log.next;
        execute(connection, "COMMIT").map_err(at(Step::Commit))?;
        *head = Some(Position::from_raw(next.saturating_sub(1).unsigned_abs()));
        tracing::debug!(
            store = self.place.name(),
            tasks = tasks.len(),
            events = next.saturating_sub(last).saturating_sub(1),
            micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
            "group committed"
        );
        Ok(outcomes)
    }

    /// Undoes what a failed transaction did; `false` when the connection is still in it.
    fn roll_back(&mut self, connection: &Connection) -> bool {
        // Types that the transaction added are no longer there.
        self.types.clear();
        if !connection.is_autocommit() {
            let _ = execute(connection, "ROLLBACK");
        }
        connection.is_autocommit()
    }

    fn failed(&self, task: &Task, failure: &Failure) -> Outcome {
        let doing = match failure.step {
            Step::Begin => "waiting to write",
            Step::Write => "writing",
            Step::Commit => "committing",
        };
        let error = self.place.sqlite(doing, again(&failure.error));
        // An fsync that failed may have reached the disk all the same: after a crash the transaction can be there.
        let unknown = failure.step == Step::Commit
            && failure.error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure);
        match &task.work {
            Work::Append { commit, .. } if unknown => Outcome::Append(Err(AppendError::Unknown {
                commit_id: commit.id,
                source: error,
            })),
            Work::Append { .. } => Outcome::Append(Err(error.into())),
            Work::View { .. } => Outcome::View(Err(error.into())),
        }
    }
}

/// Appends a commit, and folds it where there is something to fold. The outer error is a failure that spoils the transaction.
fn append(
    log: &mut Log<'_>,
    folding: &mut Folding,
    commit: &Commit,
) -> Result<Result<Committed, AppendError>, rusqlite::Error> {
    let (place, connection) = (log.place, log.connection);
    let answer = |appended| match appended {
        Appended::Now(written) => written.committed,
        Appended::Before(committed) => committed,
    };
    if !folding.is_due(connection)? {
        return Ok(log.append(commit)?.map(answer));
    }
    let next = log.next;
    execute(connection, "SAVEPOINT folded")?;
    let outcome = match log.append(commit)? {
        Ok(Appended::Now(written)) => match folding.fold(place, connection, commit, &written) {
            Ok(()) => Ok(written.committed),
            Err(Halt::Failed(error)) => return Err(error),
            Err(Halt::Refused(error)) => {
                execute(connection, "ROLLBACK TO folded")?;
                log.next = next;
                // Those that the commit added are no longer there.
                log.types.clear();
                folding.undo();
                Err(error)
            }
        },
        other => other.map(answer),
    };
    execute(connection, "RELEASE folded")?;
    Ok(outcome)
}

/// Begins a transaction that has the write lock.
pub(super) fn begin(connection: &Connection) -> Result<(), Failure> {
    execute(connection, "BEGIN IMMEDIATE").map_err(|error| Failure {
        step: Step::Begin,
        error,
    })
}

fn execute(connection: &Connection, sql: &str) -> Result<(), rusqlite::Error> {
    connection.prepare_cached(sql)?.execute([]).map(|_| ())
}

/// The same error once more: each task of a group is told.
fn again(error: &rusqlite::Error) -> rusqlite::Error {
    match error {
        rusqlite::Error::SqliteFailure(code, message) => {
            rusqlite::Error::SqliteFailure(*code, message.clone())
        }
        other => rusqlite::Error::SqliteFailure(
            other
                .sqlite_error()
                .copied()
                .unwrap_or(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ERROR)),
            Some(other.to_string()),
        ),
    }
}
