//! Sets the gauges from time to time, as long as the app lives.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::time::sleep;

use super::App;
use crate::observe::gauges;
use crate::store::EventStore;

/// Begins to measure. Without a runtime there is no projection of which a gauge could tell.
pub(super) fn begin<S: EventStore>(app: &App<S>) {
    gauges::begin();
    if app.inner.feeds.is_empty() || Handle::try_current().is_err() {
        return;
    }
    let mut stop = app.inner.stop.subscribe();
    let inner = Arc::downgrade(&app.inner);
    tokio::spawn(async move {
        while let Some(inner) = inner.upgrade() {
            match (App { inner }).status().await {
                Ok(statuses) => statuses.iter().for_each(gauges::set),
                Err(error) => tracing::debug!(%error, "the gauges are not set this time"),
            }
            tokio::select! {
                biased;
                _ = stop.changed() => return,
                () = sleep(gauges::EVERY) => {}
            }
        }
    });
}
