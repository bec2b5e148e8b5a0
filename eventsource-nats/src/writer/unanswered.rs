//! Commits without a claim whose answer was lost: their ids are in somebody's hands by then, so they are claimed as soon as the server is back.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use eventsource_core::store::{CommitRecord, StoreError};
use uuid::Uuid;

use super::Shared;
use crate::claims::{Claim, Standing};
use crate::publish::{Expected, Outcome};

/// The pause before a server that is away is asked again.
const PAUSE: Duration = Duration::from_millis(500);

/// Where these commits stand, or will. Each is forgotten once its claim is written, or it is known that it never will stand there.
#[derive(Debug, Default)]
pub(super) struct Unanswered(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    claims: HashMap<Uuid, Claim>,
    /// Whether a task is about to claim them.
    under_way: bool,
}

impl Unanswered {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, id: Uuid) -> Option<Claim> {
        self.state().claims.get(&id).cloned()
    }

    /// Remembers it; `true`: nobody is about to claim it yet.
    fn put(&self, claim: Claim) -> bool {
        let mut state = self.state();
        state.claims.insert(claim.commit_id, claim);
        !std::mem::replace(&mut state.under_way, true)
    }

    fn forget(&self, id: Uuid) {
        self.state().claims.remove(&id);
    }

    /// Any of them; where there is none, the task is over.
    fn any(&self) -> Option<Claim> {
        let mut state = self.state();
        let any = state.claims.values().next().cloned();
        state.under_way = any.is_some();
        any
    }
}

impl Shared {
    /// Remembers where a commit stands, or will, and claims its id in the background.
    pub(super) fn remember(self: &Arc<Self>, claim: Claim) {
        if self.unanswered.put(claim) {
            tokio::spawn(claim_all(Arc::downgrade(self)));
        }
    }

    /// What the commit of this id did: by what this store remembers, or by its claim.
    pub(super) async fn by_id(&self, id: Uuid) -> Result<Option<CommitRecord>, StoreError> {
        if let Some(claim) = self.unanswered.of(id)
            && let Standing::Commit(record) = self.server.standing(&claim).await?
        {
            return Ok(Some(record));
        }
        self.server.claimed(id).await
    }

    /// Whether it needs no claim any more.
    async fn claimed_late(&self, claim: &Claim) -> Result<bool, StoreError> {
        if let Standing::Other = self.server.standing(claim).await? {
            return Ok(true);
        }
        let body = claim.encode(&self.server.place)?;
        let subject = self.server.subjects.commit(claim.commit_id);
        let published = self.server.publish(subject, body, Expected::Last(0)).await;
        // One that is there already was made by whoever was told the id.
        Ok(matches!(published, Outcome::Written(_) | Outcome::Refused))
    }
}

/// Claims what is unanswered, until there is no more, or nobody has the store any more.
async fn claim_all(shared: Weak<Shared>) {
    loop {
        let Some(shared) = shared.upgrade().filter(|shared| !shared.tasks.is_closed()) else {
            return;
        };
        let Some(claim) = shared.unanswered.any() else {
            return;
        };
        if let Ok(true) = shared.claimed_late(&claim).await {
            shared.unanswered.forget(claim.commit_id);
        } else {
            drop(shared);
            tokio::time::sleep(PAUSE).await;
        }
    }
}
