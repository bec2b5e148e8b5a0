//! What a rebuild that is given up leaves: a shadow that appends fold, and leases.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use uuid::Uuid;

use crate::runner::Crew;
use crate::store::{Lease, ViewStore, ViewTable};

/// A shadow that appends fold. Dropped before it was [finished](Self::finish), it has the shadow removed: appends must not go on folding what
/// nobody will read.
pub(super) struct Folded(Option<Left>);

/// What a rebuild leaves.
struct Left {
    views: Arc<dyn ViewStore>,
    shadow: Arc<ViewTable>,
    holder: Uuid,
    lease: Duration,
}

impl Folded {
    pub(super) fn new<S>(crew: &Crew<S>, shadow: &Arc<ViewTable>) -> Self {
        Self(Some(Left {
            views: Arc::clone(&crew.views),
            shadow: Arc::clone(shadow),
            holder: crew.holder,
            lease: crew.lease,
        }))
    }

    /// The rebuild has ended by itself, and sees to what is left.
    pub(super) fn finish(mut self) {
        self.0 = None;
    }
}

impl Drop for Folded {
    fn drop(&mut self) {
        // Where there is no runtime any more, the next start removes it.
        if let (Some(left), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(left.remove());
        }
    }
}

impl Left {
    async fn remove(self) {
        let lease = self.views.lease(&self.shadow, self.holder, self.lease);
        // Where another rebuild has begun, the shadow is that one's; where there is none, it has no lease.
        let Ok(Lease::Held { .. }) = lease.await else {
            return;
        };
        if let Err(error) = self.views.discard(&self.shadow).await {
            tracing::warn!(%error, projection = self.shadow.name, "what a rebuild has left was not removed");
        }
    }
}

/// The leases of a rebuild: its shadow's, and for the last steps the served table's. Dropped before they were [released](Self::release), they are
/// released all the same: whoever feeds the served table is not to wait for a lease to end, and neither is the next rebuild.
pub(super) struct Leases(Option<Taken>);

/// Which tables' leases, of whom.
struct Taken {
    views: Arc<dyn ViewStore>,
    tables: [Arc<ViewTable>; 2],
    holder: Uuid,
}

impl Leases {
    pub(super) fn new<S>(crew: &Crew<S>, tables: [&Arc<ViewTable>; 2]) -> Self {
        Self(Some(Taken {
            views: Arc::clone(&crew.views),
            tables: tables.map(Arc::clone),
            holder: crew.holder,
        }))
    }

    pub(super) async fn release(mut self) {
        if let Some(taken) = self.0.take() {
            taken.release().await;
        }
    }
}

impl Drop for Leases {
    fn drop(&mut self) {
        // Where there is no runtime any more, they end by themselves.
        if let (Some(taken), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(taken.release());
        }
    }
}

impl Taken {
    async fn release(self) {
        for table in &self.tables {
            if let Err(error) = self.views.release(table, self.holder).await {
                tracing::debug!(%error, "a lease was not given back");
            }
        }
    }
}
