//! The one thread that writes, and the queue before it.

pub(crate) mod append;
mod group;
mod thread;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};

use eventsource_core::Position;
use eventsource_core::store::{
    AppendError, Commit, Committed, StoreError, StoreErrorKind, ViewStoreError, ViewWrite,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};

use crate::database::Database;
use crate::error::Place;
use crate::lent::Lent;
use crate::views::plan::Plan;

/// What is asked of the thread.
enum Job {
    Task(Task),
    Prepare {
        migrate: bool,
        answer: oneshot::Sender<Result<(), StoreError>>,
    },
    /// Somebody has begun to wait for the log to grow.
    Look,
    Close {
        answer: oneshot::Sender<Result<(), StoreError>>,
    },
}

/// What can share a transaction with others. The permit is its place in the queue.
struct Task {
    work: Work,
    _permit: OwnedSemaphorePermit,
}

enum Work {
    Append {
        commit: Box<Commit>,
        answer: oneshot::Sender<Result<Committed, AppendError>>,
    },
    View {
        change: ViewChange,
        answer: oneshot::Sender<Result<Position, ViewStoreError>>,
    },
}

/// A change to read models, answered with the checkpoint after it.
pub(crate) enum ViewChange {
    /// Makes the table and its checkpoint where they are missing.
    Open(Arc<Plan>),
    /// Writes rows and checkpoint.
    Write(Arc<Plan>, ViewWrite),
    /// Removes all versions of a read model.
    Remove(String),
}

/// What the log's readers wait for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LogState {
    /// The last position that this process knows of.
    pub(crate) head: Position,
    pub(crate) closed: bool,
}

/// What the thread shares with the store.
#[derive(Debug)]
struct Shared {
    database: Database,
    lent: Arc<Lent>,
    log: watch::Sender<LogState>,
    /// How many wait for the log to grow: while some do, the thread looks for other processes' commits.
    waiting: AtomicUsize,
    group: usize,
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
    /// Starts the thread.
    pub(crate) fn start(
        database: Database,
        lent: Arc<Lent>,
        group: usize,
    ) -> Result<Self, StoreError> {
        let shared = Arc::new(Shared {
            database,
            lent,
            log: watch::Sender::new(LogState::default()),
            waiting: AtomicUsize::new(0),
            group,
        });
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

    /// Queues a commit, and waits for what became of it.
    pub(crate) async fn append(&self, commit: Commit) -> Result<Committed, AppendError> {
        append::check(self.shared.place(), &commit)?;
        let permit = self.queue().await?;
        let commit_id = commit.id;
        let (answer, answered) = oneshot::channel();
        self.send(Job::Task(Task {
            work: Work::Append {
                commit: Box::new(commit),
                answer,
            },
            _permit: permit,
        }))?;
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

    /// Queues a change to read models, and waits for the checkpoint after it.
    pub(crate) async fn view(&self, change: ViewChange) -> Result<Position, ViewStoreError> {
        let permit = self.queue().await?;
        let (answer, answered) = oneshot::channel();
        self.send(Job::Task(Task {
            work: Work::View { change, answer },
            _permit: permit,
        }))?;
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

    async fn queue(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        self.check_open()?;
        Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| self.shared.place().closed())
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

impl Shared {
    fn place(&self) -> &Place {
        self.database.place()
    }
}
