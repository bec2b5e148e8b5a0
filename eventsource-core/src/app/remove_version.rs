//! Removing an old version of a read model.

use super::{App, ViewError};
use crate::Projection;
use crate::ids::Ids;
use crate::store::{EventStore, Fingerprint, Lease, ViewStoreError, ViewTable};

impl<S: EventStore> App<S> {
    /// Removes the table of another version of this projection, with its checkpoint and its skips, once no program of that version runs any more.
    /// What its process manager has sent waits on, for the versions that are left. `false`: there is no such version.
    ///
    /// ```no_run
    /// # use eventsource_core::prelude::*;
    /// # async fn f<P: Projection>(app: App<MemoryStore>) -> Result<(), ViewError> {
    /// // This program has version 2, and so have all others by now.
    /// app.remove_version::<P>(1).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ViewError::InUse`] for the version of this program, or while another one feeds that version, or has died so recently that its lease has
    /// not ended; and when the app does not have the projection, or its store fails.
    pub async fn remove_version<P: Projection>(&self, version: u32) -> Result<bool, ViewError> {
        let feed = self.operated(P::DESCRIPTOR)?;
        let projection = feed.descriptor.name;
        let in_use = ViewError::InUse {
            projection,
            version,
        };
        let mut registered = self.inner.feeds.iter().map(|feed| feed.descriptor);
        if registered.any(|it| (it.name, it.version) == (projection, version)) {
            return Err(in_use);
        }
        // What it was made from, only its own program knows; its name and version are enough for a lease.
        let table = ViewTable::new(projection, version, Vec::new(), Fingerprint::of([]), "");
        let holder = Ids::default().make();
        match feed.views.lease(&table, holder, self.inner.lease).await {
            Ok(Lease::Held { .. }) => {}
            Ok(Lease::Taken { .. }) => return Err(in_use),
            Err(ViewStoreError::NotOpen { .. }) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        let removed = feed.views.remove_version(projection, version).await;
        if removed.is_err() {
            let _ = feed.views.release(&table, holder).await;
        }
        let removed = removed?;
        tracing::warn!(
            projection,
            version,
            removed,
            "an operator has removed a version of a projection"
        );
        Ok(removed)
    }
}
