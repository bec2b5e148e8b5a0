//! Writing: a commit is claimed where its id may be known to others, and published behind the ends of its streams.
//!
//! A commit to one stream is one message, which the server takes if the stream's subject ends where the commit expects it to. So it may be published
//! any number of times until there is an answer: it is written once. Where an answer is lost, what stands behind that end tells what became of it.

mod append;
mod check;
mod claim;
mod unanswered;
mod unstoppable;

use std::sync::Arc;

use eventsource_core::store::{
    AppendError, Commit, CommitRecord, Committed, StoreError, StoreErrorKind,
};
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use self::unanswered::Unanswered;
use self::unstoppable::Unstoppable;
use crate::connect::Server;
use crate::head::Head;
use crate::schema::Layout;
use crate::tails::Tails;
use crate::types::Types;

/// The way into the log.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    runtime: Handle,
}

/// What the tasks that write have.
struct Shared {
    server: Server,
    tails: Arc<Tails>,
    types: Types,
    head: Arc<Head>,
    unanswered: Unanswered,
    /// What is under way; closed with the store.
    tasks: TaskTracker,
}

impl Writer {
    pub(crate) fn new(server: Server, tails: Arc<Tails>, head: Arc<Head>, runtime: Handle) -> Self {
        Self {
            shared: Arc::new(Shared {
                server,
                tails,
                types: Types::default(),
                head,
                unanswered: Unanswered::default(),
                tasks: TaskTracker::new(),
            }),
            runtime,
        }
    }

    /// Appends a commit, which goes on in a task of its own when nobody waits for it any more.
    pub(crate) async fn append(
        &self,
        commit: Commit,
        layout: Layout,
    ) -> Result<Committed, AppendError> {
        let place = &self.shared.server.place;
        check::check(place, &commit)?;
        let commit_id = commit.id;
        let shared = Arc::clone(&self.shared);
        // The token is had before the look, so that `close` waits for whoever has seen it open.
        let token = self.shared.tasks.token();
        self.check_open()?;
        let runtime = self.runtime.clone();
        let appending = async move {
            let (appended, rest) = shared.append(commit, layout).await;
            match rest {
                Some(rest) if !rest.is_done() => {
                    runtime.spawn(async move {
                        shared.finish(rest).await;
                        drop(token);
                    });
                }
                _ => drop(token),
            }
            appended
        };
        if Handle::try_current().is_ok() {
            return Unstoppable::new(appending, self.runtime.clone()).await;
        }
        // Who waits here has no clock of tokio's. The runtime that the store was opened in has one, as long as it lives.
        let appended = self.runtime.spawn(appending).await;
        appended.unwrap_or_else(|_| {
            Err(AppendError::Unknown {
                commit_id,
                source: place.error(
                    StoreErrorKind::Unavailable,
                    "the runtime that the store was opened in was shut down: open a store in the one that uses it",
                ),
            })
        })
    }

    /// What the commit of this id did.
    pub(crate) async fn find(&self, id: Uuid) -> Result<Option<CommitRecord>, StoreError> {
        self.shared.by_id(id).await
    }

    pub(crate) fn check_open(&self) -> Result<(), StoreError> {
        if self.shared.tasks.is_closed() {
            return Err(self.shared.server.place.closed());
        }
        Ok(())
    }

    /// Takes nothing more, and waits until what was accepted is answered.
    pub(crate) async fn close(&self) {
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }
}
