//! The end.

use std::sync::atomic::Ordering;

use super::{App, AppError};
use crate::store::EventStore;

impl<S: EventStore> App<S> {
    /// Ends the app, for all its clones: refuses new calls, lets every projection finish the batch in hand, and closes the store. Another
    /// `shutdown` waits for the same.
    ///
    /// # Errors
    ///
    /// When the store cannot be closed in order.
    pub async fn shutdown(&self) -> Result<(), AppError> {
        self.inner.shut_down.store(true, Ordering::Release);
        self.inner.stop.send_replace(true);
        let mut running = self.inner.running.lock().await;
        let Some(tasks) = running.as_mut() else {
            return Ok(());
        };
        while let Some(task) = tasks.last_mut() {
            // A task that failed has ended too.
            let _ = task.await;
            tasks.pop();
        }
        self.inner.store.close().await?;
        *running = None;
        Ok(())
    }
}
