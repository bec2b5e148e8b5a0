//! The app: commands go in, states and read models come out, and projections are fed behind it.

mod ahead;
mod builder;
mod error;
mod execute;
mod executor;
mod feed;
mod filter;
mod fold;
mod given_up;
mod history;
mod immediate;
mod list;
mod load;
#[cfg(feature = "metrics")]
mod measure;
mod operate;
mod pull;
mod rebuild;
mod receipt;
mod remove_version;
mod settled;
mod shutdown;
mod status;
mod stream;
mod subscribe;
mod verify;
mod view;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

use self::feed::Feed;
use crate::registry::ProjectionDescriptor;
use crate::runner::Declarations;
use crate::store::EventStore;

pub(crate) use executor::Executor;

pub use crate::runner::{ProjectionError, ProjectionFailure, ProjectionState};
pub use builder::AppBuilder;
pub use error::{AppError, ExecuteError, LoadError, StartError, ViewError};
pub use execute::Decided;
pub use history::HistoryEvent;
pub use list::List;
pub use operate::ParkedCommand;
pub use rebuild::Rebuild;
pub use receipt::Receipt;
pub use status::ProjectionStatus;
pub use stream::{Change, Changes};
pub use subscribe::{Subscribe, Subscription};
pub use verify::{Undeclared, Verification, VerifyFailure};
pub use view::View;

/// A running program: a store, the aggregates that decide on it, and the projections that follow it.
///
/// Cheap to clone; all clones are one app. It needs a tokio runtime with time enabled. When the last clone is dropped, its projections stop
/// behind the batch in hand; [`shutdown`](Self::shutdown) waits for them and closes the store.
///
/// ```no_run
/// # use eventsource_core::{App, MemoryStore};
/// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
/// let app = App::start(MemoryStore::new()).await?;
/// // … app.execute(command).await? …
/// app.shutdown().await?;
/// # Ok(())
/// # }
/// ```
pub struct App<S> {
    inner: Arc<Inner<S>>,
}

struct Inner<S> {
    store: Arc<S>,
    executor: Executor<S>,
    after_timeout: Duration,
    lease: Duration,
    declarations: Arc<Declarations>,
    feeds: Vec<Feed>,
    shut_down: AtomicBool,
    /// Told, or dropped, it ends the runners.
    stop: watch::Sender<bool>,
    /// The runners' tasks; `None` once the app is shut down and its store closed.
    running: Mutex<Option<Vec<JoinHandle<()>>>>,
}

impl<S> Inner<S> {
    fn is_shut_down(&self) -> bool {
        self.shut_down.load(Ordering::Acquire)
    }

    fn feed(&self, descriptor: &ProjectionDescriptor) -> Option<&Feed> {
        self.feeds.iter().find(|feed| {
            (feed.descriptor.name, feed.descriptor.version) == (descriptor.name, descriptor.version)
        })
    }
}

impl<S: EventStore> App<S> {
    /// Starts with all that is linked into the program: audits the declarations, prepares the store, and starts every projection.
    ///
    /// # Errors
    ///
    /// [`StartError`] says what stands in the way, all at once where it can.
    pub async fn start(store: S) -> Result<Self, StartError> {
        Self::builder(store).start().await
    }

    /// Sets what is to be other than by default, then [`start`](AppBuilder::start)s.
    pub fn builder(store: S) -> AppBuilder<S> {
        AppBuilder::new(store)
    }

    /// The store that it is on.
    #[cfg(all(not(target_family = "wasm"), feature = "derive"))]
    pub(crate) fn store(&self) -> &S {
        &self.inner.store
    }
}

impl<S> Clone for App<S> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
        }
    }
}

impl<S> fmt::Debug for App<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let registry = &self.inner.declarations.registry;
        let aggregates = registry.aggregates().iter().map(|it| it.name);
        let projections = registry
            .projections()
            .iter()
            .map(|it| format!("{} version {}", it.name, it.version));
        f.debug_struct("App")
            .field("aggregates", &aggregates.collect::<Vec<_>>())
            .field("projections", &projections.collect::<Vec<_>>())
            .field("shut_down", &self.inner.is_shut_down())
            .finish_non_exhaustive()
    }
}
