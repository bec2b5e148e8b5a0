//! A rebuild that is given up while appends fold its shadow.

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
