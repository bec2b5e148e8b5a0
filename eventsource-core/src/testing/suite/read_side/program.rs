//! Programs on one log, each with a runtime of its own, so that one can die at any moment.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::time::{sleep, timeout};

use super::counter::add;
use crate::app::ProjectionState;
use crate::registry::RegistryBuilder;
use crate::store::{EventStore, Row, ViewStore};
use crate::testing::suite::{Reopening, StoreFactory};
use crate::{App, MemoryStore, Position, Projection};

/// How long a lease lasts: as short as a busy machine bears.
pub(super) const LEASE: Duration = Duration::from_millis(400);

/// By when whatever is waited for has to be there.
const PATIENCE: Duration = Duration::from_secs(20);

/// A log, and where its read models are.
pub(super) struct Side<F: StoreFactory> {
    factory: Arc<F>,
    /// Tables beside a log that has none.
    lent: Option<Arc<dyn ViewStore>>,
    /// Whether a second program finds the log of the first.
    pub(super) is_shared: bool,
    /// What the first program takes where there cannot be a second one.
    only: Mutex<Option<F::Store>>,
}

impl<F: StoreFactory> Side<F> {
    pub(super) async fn of(factory: F) -> Self {
        let is_shared = factory.capabilities().reopening == Reopening::KeepsLog;
        let store = factory.open().await;
        let lent = match store.views() {
            Some(_) => None,
            None => EventStore::views(&MemoryStore::new()),
        };
        Self {
            factory: Arc::new(factory),
            lent,
            is_shared,
            only: Mutex::new((!is_shared).then_some(store)),
        }
    }

    /// Starts a program that declares this.
    pub(super) async fn start(&self, declared: RegistryBuilder) -> Program<F::Store> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("the operating system gives the runtime its threads");
        let only = self.take_only();
        let (factory, lent) = (Arc::clone(&self.factory), self.lent.clone());
        let starting = runtime.spawn(async move {
            let store = match only {
                Some(store) => store,
                None => factory.open().await,
            };
            let views = lent.clone().or_else(|| store.views());
            let mut builder = App::builder(store).registry(declared.build()).lease(LEASE);
            if let Some(lent) = lent {
                builder = builder.views(lent);
            }
            let app = builder.start().await;
            (app.expect("a program starts on the store"), views)
        });
        let runtime = Some(runtime);
        let (app, views) = starting.await.expect("the start ends");
        let views = views.expect("there are read models");
        Program {
            app,
            views,
            runtime,
        }
    }

    fn take_only(&self) -> Option<F::Store> {
        let mut only = self.only.lock().unwrap_or_else(PoisonError::into_inner);
        only.take()
    }
}

/// A program that runs. Where it is dropped, it ends where it stands: nothing is finished, nothing is given back.
pub(super) struct Program<S> {
    pub(super) app: App<S>,
    pub(super) views: Arc<dyn ViewStore>,
    runtime: Option<Runtime>,
}

impl<S> Drop for Program<S> {
    fn drop(&mut self) {
        // The app is dropped behind its runtime, which has no task left to hear of it.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl<S: EventStore> Program<S> {
    /// Adds an amount to a counter.
    pub(super) async fn add(&self, counter: &str, amount: u64) -> Position {
        let added = self.app.execute(add(counter, amount)).await;
        added.expect("an amount is added").position()
    }

    /// Waits until all has been folded and carried out.
    pub(super) async fn settled(&self) {
        let settled = timeout(PATIENCE, self.app.settled()).await;
        let settled = settled.expect("what is behind the log catches up with it");
        settled.expect("nothing stops");
    }

    /// Ends as a program should.
    pub(super) async fn shut_down(self) {
        self.app.shutdown().await.expect("it shuts down");
    }

    /// Whether it is this program that feeds the read model.
    pub(super) async fn feeds<P: Projection>(&self) -> bool {
        let all = self.app.status().await.expect("the store tells the status");
        all.iter().any(|it| {
            it.name == P::DESCRIPTOR.name && !matches!(it.state, ProjectionState::Standby)
        })
    }

    /// All rows of a read model, in the order of their keys.
    pub(super) async fn rows<P: Projection>(&self) -> Vec<Row> {
        let rows = self.app.view::<P>().list().await;
        let rows = rows.expect("the read model is read");
        let rows = rows.iter().map(|row| row.to_row().expect("it is a row"));
        rows.collect()
    }
}

/// Asks again and again until something holds.
pub(super) async fn until<Asking: Future<Output = bool>>(what: &str, ask: impl Fn() -> Asking) {
    let asking = async {
        while !ask().await {
            sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(timeout(PATIENCE, asking).await.is_ok(), "{what}");
}
