//! Where the suite gets its stores from, and how it runs a case.

use std::future::Future;
use std::time::Duration;

use super::{memory, record, trace};
use crate::store::EventStore;

/// How long a case may take. The longest writes and reads 100,000 events.
const TIME_LIMIT: Duration = Duration::from_secs(300);

/// Opens stores on one log, which is empty at first and the factory's own.
///
/// A closure that answers with a future of a store is a factory too.
pub trait StoreFactory: Send + Sync + 'static {
    /// The store under test.
    type Store: EventStore;

    /// Opens the log: each call gives a further store on the same one. The suite calls [`EventStore::prepare`] itself.
    fn open(&self) -> impl Future<Output = Self::Store> + Send;

    /// What the store does not claim to do.
    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }
}

impl<F, Opening, S> StoreFactory for F
where
    F: Fn() -> Opening + Send + Sync + 'static,
    Opening: Future<Output = S> + Send,
    S: EventStore,
{
    type Store = S;

    fn open(&self) -> impl Future<Output = S> + Send {
        self()
    }
}

/// Where stores may differ. By default the suite demands all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Capabilities {
    /// Whether a second [`open`](StoreFactory::open) finds what the first store wrote.
    pub reopening: Reopening,
    /// Whether snapshots are kept.
    pub snapshots: Snapshots,
}

impl Capabilities {
    /// Sets what a second opening finds.
    #[must_use]
    pub fn reopening(mut self, reopening: Reopening) -> Self {
        self.reopening = reopening;
        self
    }

    /// Sets what becomes of snapshots.
    #[must_use]
    pub fn snapshots(mut self, snapshots: Snapshots) -> Self {
        self.snapshots = snapshots;
        self
    }
}

/// What a second opening finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reopening {
    /// The same log.
    #[default]
    KeepsLog,
    /// An empty one. Cases that open the log twice pass without a check.
    StartsEmpty,
}

/// What becomes of snapshots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Snapshots {
    /// The newest one of a stream and fingerprint is shown, at the latest ten seconds after its commit.
    #[default]
    Kept,
    /// Each may be lost. What is shown must still be right.
    MayBeLost,
}

/// Runs one case in a runtime of its own, with four worker threads and a time limit of five minutes.
///
/// While cases run, all that the process traces is listened to, unless it has a subscriber of its own: no payload may be in it.
pub fn run<F, Case>(factory: F, case: impl FnOnce(F) -> Case)
where
    F: StoreFactory,
    Case: Future<Output = ()>,
{
    record::begin();
    trace::listen();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .expect("the operating system gives the runtime its threads");
    runtime.block_on(async {
        tokio::time::timeout(TIME_LIMIT, case(factory))
            .await
            .expect("the case ends within five minutes: a store's call never answered");
    });
    let told = trace::told();
    assert!(told.is_empty(), "a payload is traced: {told:?}");
}

/// Runs a case of [`store_suite!`](crate::testing::store_suite), and writes down that it has passed.
#[doc(hidden)]
pub fn run_of<F, Case>(package: &str, name: &str, factory: F, case: impl FnOnce(F) -> Case)
where
    F: StoreFactory,
    Case: Future<Output = ()>,
{
    memory::begin(name);
    run(factory, case);
    record::passed(package, name);
}
