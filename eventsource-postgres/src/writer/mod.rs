//! Writing: what waits together goes together.
//!
//! Appends are queued. A task takes all that waits, appends it in one call of one statement, which is one transaction, answers each, and goes on
//! until nothing waits. The call takes the log's lock, so other programs' groups come before it or after it; it is one message to the server, so
//! a client that dies leaves no transaction open. Where read models are to be folded, a group is a transaction of several messages.

mod call;
mod fold;
mod group;
mod lent;
mod pace;
mod queue;

use std::collections::HashSet;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use eventsource_core::Position;
use eventsource_core::store::{AppendError, Commit, Committed, StoreError, StoreErrorKind};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, oneshot};

use self::call::Calls;
use self::fold::Folds;
use self::queue::{Queue, Task};
use crate::connect::Database;
use crate::head::Head;
use crate::options::PostgresOptions;
use crate::views::Views;

/// A commit has at most so many bytes. A message to the server, and each value in it, has less than 1 GiB; a server that is sent more breaks the
/// connection off, and would leave nobody the wiser.
const LARGEST: usize = 1_000_000_000;

/// The way into the log.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    permits: Arc<Semaphore>,
    runtime: Handle,
}

/// What the tasks that write have.
struct Shared {
    database: Database,
    calls: Calls,
    folds: Folds,
    /// Whether the last append found read models to fold.
    folding: AtomicBool,
    find_commit: String,
    head: Arc<Head>,
    queue: Queue,
    resolve_wait: Duration,
    /// The types of events that are known to be in the log.
    types: Mutex<HashSet<(&'static str, u16)>>,
}

impl Shared {
    /// Whether these commits have events of a type that is not known to be in the log.
    fn brings_types(&self, commits: &[&Commit]) -> bool {
        let types = self.types.lock().unwrap_or_else(PoisonError::into_inner);
        let mut events = commits.iter().flat_map(|commit| call::events(commit));
        events.any(|event| !types.contains(&(event.name, event.schema_version)))
    }

    fn learn(&self, written: &Commit) {
        let mut types = self.types.lock().unwrap_or_else(PoisonError::into_inner);
        types.extend(call::events(written).map(|event| (event.name, event.schema_version)));
    }

    fn grown(&self, to: Position) {
        self.head.publish(to);
    }
}

impl Writer {
    pub(crate) fn new(
        database: Database,
        options: &PostgresOptions,
        head: Arc<Head>,
        views: Arc<Views>,
        runtime: Handle,
    ) -> Self {
        let waiting = options.group.saturating_mul(4).min(Semaphore::MAX_PERMITS);
        Self {
            shared: Arc::new(Shared {
                calls: Calls::new(&options.schema, options.busy_wait),
                folds: Folds::new(&options.schema, views),
                folding: AtomicBool::new(false),
                find_commit: crate::commits::statement(&options.schema),
                queue: Queue::new(options.group),
                resolve_wait: options.resolve_wait,
                types: Mutex::new(HashSet::new()),
                database,
                head,
            }),
            permits: Arc::new(Semaphore::new(waiting)),
            runtime,
        }
    }

    /// Queues a commit, and waits for what became of it.
    pub(crate) async fn append(&self, commit: Commit) -> Result<Committed, AppendError> {
        let place = self.shared.database.place();
        self.admit(&commit)?;
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| place.closed())?;
        let commit_id = commit.id;
        let (answer, answered) = oneshot::channel();
        let task = Task {
            commit: Box::new(commit),
            answer,
            _permit: permit,
        };
        let Ok(begin) = self.shared.queue.push(task) else {
            return Err(place.closed().into());
        };
        if begin {
            let shared = Arc::clone(&self.shared);
            self.runtime.spawn(async move { shared.work().await });
        }
        answered.await.unwrap_or_else(|_| {
            Err(AppendError::Unknown {
                commit_id,
                source: place.error(
                    StoreErrorKind::Unavailable,
                    "the runtime that the store was opened in was shut down: open a store in the one that uses it",
                ),
            })
        })
    }

    /// Refuses a commit that no store takes, one that is larger than the server takes, and any that comes after the call of `close`.
    fn admit(&self, commit: &Commit) -> Result<(), StoreError> {
        self.check_open()?;
        let place = self.shared.database.place();
        commit
            .check()
            .map_err(|broken| place.error(StoreErrorKind::Invalid, broken.to_string()))?;
        let bytes = call::bytes(commit);
        if bytes > LARGEST {
            let what = format!(
                "commit {} has {bytes} bytes, a commit has at most {LARGEST}: store large things elsewhere and their address here",
                commit.id
            );
            return Err(place.error(StoreErrorKind::TooLarge, what));
        }
        Ok(())
    }

    pub(crate) fn check_open(&self) -> Result<(), StoreError> {
        if self.shared.queue.is_closed() {
            return Err(self.shared.database.place().closed());
        }
        Ok(())
    }

    /// Takes nothing more, and waits until what was accepted is answered.
    pub(crate) async fn close(&self) {
        self.permits.close();
        self.shared.queue.close().await;
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.queue.refuse_more();
    }
}
