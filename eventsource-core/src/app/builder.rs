//! How an app is started.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

use super::ahead::{ahead_of_log, put_on_record};
use super::feed::{Feed, Source};
use super::immediate::Starting;
use super::verify::{Verification, verify};
use super::{App, Executor, Inner, StartError};
use crate::ids::Ids;
use crate::process::Dispatcher;
use crate::registry::{Consistency, ProjectionDescriptor, Registry, RegistryErrors, StartFrom};
use crate::runner::{
    Crew, Declarations, LEASE, Progress, ProjectionError, Runner, SHORTEST_LEASE, keep, view_table,
};
use crate::store::{AnyStore, EventStore, Immediate, TableRecord, ViewStore, ViewTable};
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
    lease: Duration,
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
            lease: LEASE,
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

    /// Lets a lease last so long. Of several programs on one store, one has the lease of a projection and feeds it; so long after that one has
    /// died, another one takes over. It is renewed four times as often as it would end. 5 seconds by default, at least 100 ms: a program that
    /// stalls for longer, or whose clock jumps by as much, hands its work to another one, which is no more than a detour. All programs on one
    /// store take the same.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease.max(SHORTEST_LEASE);
        self
    }

    /// Takes the declarations from this list. What is linked into the program by default ([`Registry::discover`]).
    pub fn registry(mut self, registry: Registry) -> Self {
        self.registry = Some(registry);
        self
    }

    /// Keeps read models in this store, which is prepared as that of the events is. In the store of the events by default.
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

    /// Reads the whole log as [`App::verify`] does, without an app: no table is opened, nothing is fed, and what nothing declares is told where it
    /// would fail the start. The store's schema is left as it is.
    ///
    /// ```no_run
    /// # async fn verify(store: eventsource_core::MemoryStore) -> Result<(), Box<dyn std::error::Error>> {
    /// let found = eventsource_core::App::builder(store).verify().await?;
    /// println!("{found}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When the declarations contradict each other, or the store cannot be read.
    pub async fn verify(self) -> Result<Verification, StartError> {
        let registry = self.registry.unwrap_or_else(Registry::discover);
        let expected = registry.expect(self.expected.iter().map(String::as_str));
        RegistryErrors::join(registry.audit(), expected)?;
        let declarations = Arc::new(Declarations {
            registry,
            allowed: self.allowed,
        });
        let store = Arc::new(self.store);
        store.prepare(false).await?;
        verify(&store, &declarations, || None).await
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
        if let Some(views) = &self.views {
            views.prepare_views(self.migrate).await?;
        }
        check_types(&*store, &declarations).await?;

        let (stop, stopped) = watch::channel(false);
        let views = self.views.or_else(|| store.views());
        let ids = Ids::default();
        let mut app = Inner {
            executor: Executor::new(
                Arc::clone(&store),
                Arc::clone(&self.clock),
                self.retries,
                Arc::from([]),
            ),
            store,
            after_timeout: self.after_timeout,
            lease: self.lease,
            declarations,
            feeds: Vec::new(),
            shut_down: AtomicBool::new(false),
            stop,
            running: Mutex::new(Some(Vec::new())),
        };
        let projections = app.declarations.registry.projections();
        if let Some(first) = projections.first() {
            let mut crew = Crew {
                store: Arc::clone(&app.store),
                views: views.ok_or(StartError::NoViews {
                    projection: first.name,
                })?,
                declarations: Arc::clone(&app.declarations),
                holder: ids.make(),
                lease: self.lease,
                dispatcher: None,
            };
            let tables = open(&crew, projections).await?;
            let immediate: Arc<[Immediate]> = tables
                .iter()
                .filter(|table| table.descriptor.consistency == Consistency::Immediate)
                .map(|table| {
                    Immediate::new(Arc::clone(&table.table), table.descriptor.batch)
                        .declared(Arc::clone(&app.declarations))
                })
                .collect();
            app.executor.immediate = Arc::clone(&immediate);
            crew.dispatcher = Some(Arc::new(Dispatcher(Executor::new(
                AnyStore::of(Arc::clone(&app.store)),
                self.clock,
                self.retries,
                immediate,
            ))));
            // All tables are open: nothing can fail from here on.
            let (feeds, tasks) = man(&crew, tables, self.runner, &stopped);
            app.feeds = feeds;
            app.running = Mutex::new(Some(tasks));
        }
        let app = App {
            inner: Arc::new(app),
        };
        #[cfg(feature = "metrics")]
        super::measure::begin(&app);
        Ok(app)
    }
}

/// A projection's table, open.
struct OpenTable {
    descriptor: &'static ProjectionDescriptor,
    table: Arc<ViewTable>,
    record: TableRecord,
    /// Why nothing can be folded into it.
    ahead: Option<ProjectionError>,
}

/// Opens the table of every projection.
async fn open<S: EventStore>(
    crew: &Crew<S>,
    projections: &[&'static ProjectionDescriptor],
) -> Result<Vec<OpenTable>, StartError> {
    let head = crew.store.head().await?;
    let mut tables = Vec::with_capacity(projections.len());
    for descriptor in projections.iter().copied() {
        let mut table = view_table(descriptor);
        if let Some(process) = descriptor.process
            && process.from == StartFrom::Now
        {
            table = table.begins(head);
        }
        let table = Arc::new(table.target(head));
        let mut checkpoint = crew.views.open(&table).await?;
        if descriptor.consistency == Consistency::Immediate {
            let starting = Starting {
                crew,
                table: &table,
                descriptor,
            };
            checkpoint = starting.begin().await?;
        } else {
            // It may have been immediate before.
            crew.views.make_eventual(descriptor.name).await?;
        }
        let mut record = crew.views.record(&table).await?;
        record.checkpoint = checkpoint;
        let ahead = ahead_of_log(&*crew.store, descriptor, &record, head).await?;
        if let Some(error) = &ahead {
            if descriptor.consistency == Consistency::Immediate {
                // Appends would pass over themselves.
                return Err(error.clone().into());
            }
            put_on_record(&*crew.views, &table, &record, error).await?;
        }
        tables.push(OpenTable {
            descriptor,
            table,
            record,
            ahead,
        });
    }
    Ok(tables)
}

/// Makes a runner for each table where this program is to feed them, and lets it run.
fn man<S: EventStore>(
    crew: &Crew<S>,
    tables: Vec<OpenTable>,
    runner: bool,
    stop: &watch::Receiver<bool>,
) -> (Vec<Feed>, Vec<JoinHandle<()>>) {
    let (mut feeds, mut tasks) = (Vec::new(), Vec::new());
    for opened in tables {
        let (progress, watched) =
            watch::channel(Progress::begin(opened.record.checkpoint, opened.ahead));
        let table = Arc::clone(&opened.table);
        let duty = crew.duty(opened.descriptor, table, progress, stop.clone());
        let nudge = Arc::clone(&duty.nudge);
        let source = if runner {
            tasks.push(tokio::spawn(
                Runner::new(duty, opened.record.checkpoint).run(),
            ));
            Source::Runner(watched)
        } else {
            Source::Stored
        };
        feeds.push(Feed::new(
            opened.descriptor,
            opened.table,
            Arc::clone(&crew.views),
            source,
            nudge,
            &opened.record,
        ));
    }
    if runner {
        let keeping = keep(
            Arc::clone(&crew.views),
            crew.holder,
            crew.lease,
            stop.clone(),
        );
        tasks.push(tokio::spawn(keeping));
    }
    (feeds, tasks)
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
            .field("lease", &self.lease)
            .field("expect", &self.expected)
            .field("allow_unknown", &self.allowed)
            .field("migrate", &self.migrate)
            .field("runner", &self.runner)
            .finish_non_exhaustive()
    }
}
