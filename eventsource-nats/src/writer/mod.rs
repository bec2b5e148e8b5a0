//! Writing: a commit is claimed where its id may be known to others, and published behind the ends of its streams.
//!
//! A commit to one stream is one message, which the server takes if the stream's subject ends where the commit expects it to. So it may be published
//! any number of times until there is an answer: it is written once. Where an answer is lost, what stands behind that end tells what became of it.

mod append;
mod check;
mod claim;

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use eventsource_core::store::{AppendError, Commit, Committed, StoreError, StoreErrorKind};
use lru::LruCache;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::claims::Claim;
use crate::connect::Server;
use crate::head::Head;
use crate::tails::Tails;
use crate::types::Types;

/// How many commits are remembered that had no answer and no claim.
const UNANSWERED: NonZeroUsize = NonZeroUsize::new(1024).unwrap();

/// The way into the log.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    tasks: TaskTracker,
    runtime: Handle,
}

/// What the tasks that write have.
struct Shared {
    server: Server,
    tails: Arc<Tails>,
    types: Types,
    head: Arc<Head>,
    /// Where the commits stand, or will, whose id nobody else has and whose answer was lost.
    unanswered: Mutex<LruCache<Uuid, Claim>>,
}

impl Writer {
    pub(crate) fn new(server: Server, tails: Arc<Tails>, head: Arc<Head>, runtime: Handle) -> Self {
        Self {
            shared: Arc::new(Shared {
                server,
                tails,
                types: Types::default(),
                head,
                unanswered: Mutex::new(LruCache::new(UNANSWERED)),
            }),
            tasks: TaskTracker::new(),
            runtime,
        }
    }

    /// Appends a commit in a task of its own, which goes on when nobody waits for it any more.
    pub(crate) async fn append(&self, commit: Commit) -> Result<Committed, AppendError> {
        let place = &self.shared.server.place;
        check::check(place, &commit)?;
        let commit_id = commit.id;
        let shared = Arc::clone(&self.shared);
        // The token is had before the look, so that `close` waits for whoever has seen it open.
        let token = self.tasks.token();
        self.check_open()?;
        let (answer, answered) = oneshot::channel();
        self.runtime.spawn(async move {
            let (appended, rest) = shared.append(commit).await;
            // Whoever has stopped waiting finds the answer by the commit's id.
            let _ = answer.send(appended);
            if let Some(rest) = rest {
                shared.finish(rest).await;
            }
            drop(token);
        });
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

    /// Where a commit stands, or will, whose answer was lost.
    pub(crate) fn unanswered(&self, id: Uuid) -> Option<Claim> {
        self.shared.unanswered(id)
    }

    pub(crate) fn check_open(&self) -> Result<(), StoreError> {
        if self.tasks.is_closed() {
            return Err(self.shared.server.place.closed());
        }
        Ok(())
    }

    /// Takes nothing more, and waits until what was accepted is answered.
    pub(crate) async fn close(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Shared {
    fn unanswered(&self, id: Uuid) -> Option<Claim> {
        let mut unanswered = self
            .unanswered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        unanswered.get(&id).cloned()
    }

    fn remember(&self, claim: Claim) {
        let mut unanswered = self
            .unanswered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        unanswered.put(claim.commit_id, claim);
    }
}
