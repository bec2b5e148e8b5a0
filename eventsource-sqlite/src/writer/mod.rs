//! Writing: one connection, what waits together goes together.
//!
//! Tasks are queued for a thread that writes all that waits in one transaction. A commit that finds nothing written and nothing waiting is
//! written by the task that appends it: it would be alone in its group, and two wake-ups take as long as a fast disk's fsync. That holds its
//! worker for the time of one transaction, so it is done only where a tokio runtime has another worker, where the last transaction took less
//! than a millisecond, and where no other program has the write lock: waiting for that is left to the thread.

pub(crate) mod append;
mod checkpoint;
mod group;
mod immediate;
pub(crate) mod lent;
mod shared;
mod tests;
mod thread;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};

use eventsource_core::store::{
    AppendError, Commit, Committed, StoreError, StoreErrorKind, ViewStoreError,
};
use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};

use self::group::Group;
use self::lent::Lent;
use self::shared::{LogState, Shared};
use crate::database::Database;
use crate::views::change::ViewChange;

/// What is asked of the thread.
enum Job {
    Task(Task),
    Prepare {
        migrate: bool,
        answer: oneshot::Sender<Result<(), StoreError>>,
    },
    /// The write-ahead log may have become long.
    Checkpoint,
    /// Somebody has begun to wait for the log to grow.
    Look,
    Close {
        answer: oneshot::Sender<Result<(), StoreError>>,
    },
}

/// What can share a transaction with others.
struct Task {
    work: Work,
    _place: QueuePlace,
}

/// A task's place in the queue, given back when the task was answered.
struct QueuePlace {
    _permit: OwnedSemaphorePermit,
    shared: Arc<Shared>,
}

impl Drop for QueuePlace {
    fn drop(&mut self) {
        self.shared.pending.fetch_sub(1, Ordering::SeqCst);
    }
}

enum Work {
    Append {
        commit: Box<Commit>,
        answer: oneshot::Sender<Result<Committed, AppendError>>,
    },
    View {
        change: ViewChange,
        answer: oneshot::Sender<Result<(), ViewStoreError>>,
    },
}

/// The way to the thread. It ends when this is dropped, after it has done what was accepted.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    jobs: Sender<Job>,
    permits: Arc<Semaphore>,
    closing: AtomicBool,
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl Writer {
    /// Starts the thread. A database in memory comes with its connection.
    pub(crate) fn start(
        database: Database,
        connection: Option<Connection>,
        group: usize,
    ) -> Result<Self, StoreError> {
        let held = Group::new(database.place().clone());
        let lent = Arc::new(Lent::new(connection, held));
        let shared = Arc::new(Shared::new(database, lent, group));
        let (jobs, received) = mpsc::channel();
        let thread = thread::Thread::new(Arc::clone(&shared), received);
        std::thread::Builder::new()
            .name("eventsource-sqlite".to_owned())
            .spawn(move || thread.run())
            .map_err(|error| {
                shared
                    .place()
                    .error(
                        StoreErrorKind::Unavailable,
                        "no thread can be started to write: raise the system's limit of threads",
                    )
                    .source(error)
            })?;
        Ok(Self {
            shared,
            jobs,
            permits: Arc::new(Semaphore::new(
                group.saturating_mul(4).min(Semaphore::MAX_PERMITS),
            )),
            closing: AtomicBool::new(false),
        })
    }

    /// Creates or upgrades the schema, or checks it.
    pub(crate) async fn prepare(&self, migrate: bool) -> Result<(), StoreError> {
        self.check_open()?;
        let (answer, answered) = oneshot::channel();
        self.send(Job::Prepare { migrate, answer })?;
        answered.await.unwrap_or_else(|_| Err(self.gone()))
    }

    /// Writes a commit, or queues it, and waits for what became of it.
    pub(crate) async fn append(&self, commit: Commit) -> Result<Committed, AppendError> {
        let place = self.shared.place();
        commit
            .check()
            .map_err(|broken| place.error(StoreErrorKind::Invalid, broken.to_string()))?;
        let commit_id = commit.id;
        let (answer, answered) = oneshot::channel();
        let commit = Box::new(commit);
        self.submit(Work::Append { commit, answer }).await?;
        answered.await.unwrap_or_else(|_| {
            let source = self.gone();
            // What came after the call of `close` was never begun.
            Err(if source.kind() == StoreErrorKind::Closed {
                AppendError::Store(source)
            } else {
                AppendError::Unknown { commit_id, source }
            })
        })
    }

    /// Queues a change to read models, and waits for what became of it.
    pub(crate) async fn view(&self, change: ViewChange) -> Result<(), ViewStoreError> {
        let (answer, answered) = oneshot::channel();
        self.submit(Work::View { change, answer }).await?;
        answered
            .await
            .unwrap_or_else(|_| Err(ViewStoreError::Store(self.gone())))
    }

    /// Does what was accepted, and lets go of the connection. A second call waits for the first.
    pub(crate) async fn close(&self) -> Result<(), StoreError> {
        self.closing.store(true, Ordering::SeqCst);
        self.permits.close();
        let (answer, answered) = oneshot::channel();
        if self.jobs.send(Job::Close { answer }).is_err() {
            return Ok(());
        }
        answered.await.unwrap_or(Ok(()))
    }

    /// The connection, for short reads.
    pub(crate) fn lent(&self) -> Arc<Lent> {
        Arc::clone(&self.shared.lent)
    }

    /// What is known of the log, now and later.
    pub(crate) fn log(&self) -> watch::Receiver<LogState> {
        self.shared.log.subscribe()
    }

    /// Makes the thread look for other processes' commits until this is dropped.
    pub(crate) fn look(&self) -> Looking<'_> {
        if self.shared.waiting.fetch_add(1, Ordering::SeqCst) == 0 {
            // A thread that is gone is noticed by its closed log.
            let _ = self.jobs.send(Job::Look);
        }
        Looking(&self.shared.waiting)
    }

    pub(crate) fn check_open(&self) -> Result<(), StoreError> {
        if self.closing.load(Ordering::SeqCst) {
            return Err(self.shared.place().closed());
        }
        Ok(())
    }

    /// Has the work done, as soon as there is room for it in the queue.
    async fn submit(&self, work: Work) -> Result<(), StoreError> {
        self.check_open()?;
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| self.shared.place().closed())?;
        let alone = self.shared.pending.fetch_add(1, Ordering::SeqCst) == 0;
        let mut task = Task {
            _place: QueuePlace {
                _permit: permit,
                shared: Arc::clone(&self.shared),
            },
            work,
        };
        let short = matches!(task.work, Work::Append { .. });
        if alone
            && short
            && self.shared.may_write_here()
            && let Some(taken) = self.shared.lent.try_take()
        {
            match self.shared.write_here(taken, task) {
                Ok(long) => {
                    if long {
                        // The commit is written and answered: a thread that has ended by now changes nothing of that.
                        let _ = self.jobs.send(Job::Checkpoint);
                    }
                    return Ok(());
                }
                Err(back) => task = back,
            }
        }
        self.send(Job::Task(task))
    }

    fn send(&self, job: Job) -> Result<(), StoreError> {
        self.jobs.send(job).map_err(|_| self.gone())
    }

    /// Why the thread has not answered.
    fn gone(&self) -> StoreError {
        if self.closing.load(Ordering::SeqCst) {
            return self.shared.place().closed();
        }
        self.shared.place().error(
            StoreErrorKind::Other,
            "the writing thread has ended unexpectedly: open the store again, and report it",
        )
    }
}

/// While it lives, other processes' commits are looked for.
pub(crate) struct Looking<'a>(&'a AtomicUsize);

impl Drop for Looking<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
