//! How an app is started.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Mutex, watch};

use super::feed::{Feed, Source};
use super::immediate::Starting;
use super::{App, Executor, Inner, StartError};
use crate::registry::{Consistency, Registry, RegistryErrors};
use crate::runner::{Declarations, Progress, Runner, view_table};
use crate::store::{EventStore, ViewStore};
use crate::{Clock, SystemClock};

/// How often a command is decided again by default. With pauses of 32 ms on average at the end, this takes some seconds; it suffices for
/// dozens of writers to one stream.
const RETRIES: u32 = 64;

/// How long `after` waits by default.
const AFTER_TIMEOUT: Duration = Duration::from_secs(10);

/// What an app is started with. Made by [`App::builder`].
#[must_use = "call `start`"]
pub struct AppBuilder<S> {
    store: S,
    clock: Arc<dyn Clock>,
    retries: u32,
    after_timeout: Duration,
    registry: Option<Registry>,
    views: Option<Arc<dyn ViewStore>>,
    expected: Vec<String>,
    allowed: Vec<String>,
    migrate: bool,
    runner: bool,
}

impl<S: EventStore> AppBuilder<S> {
    pub(super) fn new(store: S) -> Self {
        Self {
            store,
            clock: Arc::new(SystemClock),
            retries: RETRIES,
            after_timeout: AFTER_TIMEOUT,
            registry: None,
            views: None,
            expected: Vec::new(),
            allowed: Vec::new(),
            migrate: true,
            runner: true,
        }
    }

    /// Takes the time from this clock. The machine's by default.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Decides a command at most so often again when others went first, or when the store went away before it answered. 64 by default; 0:
    /// never. Between attempts it pauses for a random time of at most 1 ms, doubling up to 64 ms.
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// Lets `view(…).after(…)` wait at most so long. 10 seconds by default.
    pub fn after_timeout(mut self, timeout: Duration) -> Self {
        self.after_timeout = timeout;
        self
    }

    /// Takes the declarations from this list. What is linked into the program by default ([`Registry::discover`]).
    pub fn registry(mut self, registry: Registry) -> Self {
        self.registry = Some(registry);
        self
    }

    /// Keeps read models in this store. In the store of the events by default.
    pub fn views(mut self, views: impl ViewStore) -> Self {
        self.views = Some(Arc::new(views));
        self
    }

    /// Fails the start unless these are declared: events, commands, aggregates or projections, by their stored names. May be called several
    /// times.
    pub fn expect<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.expected.extend(names.into_iter().map(N::into));
        self
    }

    /// Passes over stored events of these names, though nothing here declares them. May be called several times.
    pub fn allow_unknown<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.allowed.extend(names.into_iter().map(N::into));
        self
    }

    /// Whether the store's schema may be made and upgraded. It may by default; a program that runs under a role without that right says
    /// `false`, and fails to start where something is missing.
    pub fn migrate(mut self, migrate: bool) -> Self {
        self.migrate = migrate;
        self
    }

    /// Whether projections are fed by this program. They are by default; a program that only executes and reads says `false`, and another one
    /// feeds them.
    pub fn runner(mut self, runner: bool) -> Self {
        self.runner = runner;
        self
    }

    /// Starts.
    ///
    /// # Errors
    ///
    /// [`StartError`] says what stands in the way. Nothing runs then.
    pub async fn start(self) -> Result<App<S>, StartError> {
        let registry = self.registry.unwrap_or_else(Registry::discover);
        let expected = registry.expect(self.expected.iter().map(String::as_str));
        RegistryErrors::join(registry.audit(), expected)?;
        let immediate = registry
            .projections()
            .iter()
            .find(|projection| projection.consistency == Consistency::Immediate);
        let to_be_fed = immediate.is_some() || self.runner && !registry.projections().is_empty();
        if to_be_fed && Handle::try_current().is_err() {
            return Err(StartError::NoRuntime);
        }
        if let Some(projection) = immediate.filter(|_| self.views.is_some()) {
            let projection = projection.name;
            return Err(StartError::Immediate { projection });
        }

        let declarations = Arc::new(Declarations {
            registry,
            allowed: self.allowed,
        });
        let store = Arc::new(self.store);
        store.prepare(self.migrate).await?;
        check_types(&*store, &declarations).await?;

        let (stop, stopped) = watch::channel(false);
        let views = self.views.or_else(|| store.views());
        let (feeds, runners) = open(&store, views, &declarations, self.runner, &stopped).await?;
        let immediate = feeds.iter().filter_map(Feed::immediate);
        let immediate = immediate.map(|it| it.declared(Arc::clone(&declarations)));
        let immediate = immediate.collect();
        // All tables are open: nothing can fail from here on.
        let tasks = runners.into_iter().map(|runner| tokio::spawn(runner.run()));
        Ok(App {
            inner: Arc::new(Inner {
                executor: Executor::new(Arc::clone(&store), self.clock, self.retries, immediate),
                store,
                after_timeout: self.after_timeout,
                declarations,
                feeds,
                shut_down: AtomicBool::new(false),
                stop,
                running: Mutex::new(Some(tasks.collect())),
            }),
        })
    }
}

/// Opens the table of every projection, and makes a runner for each where this program is to feed them.
async fn open<S: EventStore>(
    store: &Arc<S>,
    views: Option<Arc<dyn ViewStore>>,
    declarations: &Arc<Declarations>,
    runner: bool,
    stop: &watch::Receiver<bool>,
) -> Result<(Vec<Feed>, Vec<Runner<S>>), StartError> {
    let (mut feeds, mut runners) = (Vec::new(), Vec::new());
    let projections = declarations.registry.projections();
    let Some(first) = projections.first() else {
        return Ok((feeds, runners));
    };
    let views = views.ok_or(StartError::NoViews {
        projection: first.name,
    })?;
    let head = store.head().await?;
    for descriptor in projections.iter().copied() {
        let table = Arc::new(view_table(descriptor));
        let mut checkpoint = views.open(&table).await?;
        if descriptor.consistency == Consistency::Immediate {
            let starting = Starting {
                store,
                views: &views,
                table: &table,
                descriptor,
                declarations,
            };
            checkpoint = starting.begin().await?;
        }
        let source = if runner {
            let (progress, watched) = watch::channel(Progress::at(checkpoint));
            runners.push(Runner::new(
                Arc::clone(store),
                Arc::clone(&views),
                Arc::clone(&table),
                descriptor,
                Arc::clone(declarations),
                checkpoint,
                progress,
                stop.clone(),
            ));
            Source::Runner(watched)
        } else {
            Source::Stored
        };
        let views = Arc::clone(&views);
        feeds.push(Feed::new(
            descriptor, table, views, source, checkpoint, head,
        ));
    }
    Ok((feeds, runners))
}

/// Every type in the log must be declared here.
async fn check_types(
    store: &impl EventStore,
    declarations: &Declarations,
) -> Result<(), StartError> {
    let mut types = store.types().await?;
    types.retain(|(name, schema_version)| !declarations.allows(name, *schema_version));
    if types.is_empty() {
        Ok(())
    } else {
        Err(StartError::UnknownTypes { types })
    }
}

impl<S> fmt::Debug for AppBuilder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppBuilder")
            .field("retries", &self.retries)
            .field("after_timeout", &self.after_timeout)
            .field("expect", &self.expected)
            .field("allow_unknown", &self.allowed)
            .field("migrate", &self.migrate)
            .field("runner", &self.runner)
            .finish_non_exhaustive()
    }
}
