//! Where the client lives: a thread of its own, in which nothing is traced.
//!
//! The client traces every operation that it reads, payloads included, at the level `trace`, and the password that it connects with. What it does
//! for its connection is done by tasks of the runtime in which it was made. So it is made here.

use std::future::Future;
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tracing::subscriber::{NoSubscriber, set_default};

/// The name of the thread.
const NAME: &str = "eventsource-nats";

/// The thread. It ends, and with it the connection, when this is dropped.
#[derive(Debug)]
pub(crate) struct Quiet {
    runtime: Handle,
    _end: oneshot::Sender<()>,
}

impl Quiet {
    pub(crate) fn start() -> std::io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel();
        thread::Builder::new()
            .name(NAME.to_owned())
            .spawn(move || {
                let _quiet = set_default(NoSubscriber::default());
                // An error means that the other half was dropped, which is the sign.
                let _ = runtime.block_on(ended);
            })?;
        Ok(Self {
            runtime: handle,
            _end: end,
        })
    }

    /// Runs it there; `None` where it panicked.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        self.runtime.spawn(task).await.ok()
    }
}
