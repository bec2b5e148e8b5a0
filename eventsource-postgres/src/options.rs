//! How a store is opened.

use std::time::Duration;

use deadpool_postgres::Pool;
use eventsource_core::store::StoreError;
use rustls::ClientConfig;

use crate::PostgresStore;

/// How a [`PostgresStore`] is opened. The defaults suit a program of any size; none of them trades safety for speed.
///
/// ```no_run
/// # async fn example() -> Result<(), eventsource_core::store::StoreError> {
/// let store = eventsource_postgres::PostgresOptions::new()
///     .schema("bank_log")
///     .connections(32)
///     .connect("postgres://bank@db.example/bank")
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    pub(crate) schema: String,
    pub(crate) views_schema: String,
    pub(crate) connections: usize,
    pub(crate) connection_wait: Duration,
    pub(crate) busy_wait: Duration,
    pub(crate) resolve_wait: Duration,
    pub(crate) look_every: Duration,
    pub(crate) group: usize,
    pub(crate) tls: Option<ClientConfig>,
}

impl PostgresOptions {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self {
            schema: "eventsource".to_owned(),
            views_schema: "read_models".to_owned(),
            connections: 16,
            connection_wait: Duration::from_secs(10),
            busy_wait: Duration::from_secs(10),
            resolve_wait: Duration::from_secs(10),
            look_every: Duration::from_millis(20),
            group: 256,
            tls: None,
        }
    }

    /// The schema of the log: events, commits, snapshots. `eventsource` by default. Several logs in one database have a schema each.
    #[must_use]
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.schema = name.into();
        self
    }

    /// The schema of the read models: their tables, and the SQL views under the projections' names. `read_models` by default.
    #[must_use]
    pub fn views_schema(mut self, name: impl Into<String>) -> Self {
        self.views_schema = name.into();
        self
    }

    /// How many connections are opened at most, when they are needed. 16 by default, at least 2. A pool of your own has its own limit.
    ///
    /// More of them are not faster: each is a process of the server, and what waits for one is soon served. With 64 tasks that execute commands
    /// at once on a machine of two processors, 16 connections did a fifth more than 64 (`cargo bench --bench postgres`).
    #[must_use]
    pub fn connections(mut self, connections: usize) -> Self {
        self.connections = connections.max(2);
        self
    }

    /// How long to wait for a connection: for one of the pool to be free, or for the server to answer. 10 seconds by default.
    ///
    /// A connection to a machine that has fallen silent, without a word of its end, is given up after the same time, unless the URL says otherwise
    /// (`tcp_user_timeout`, `keepalives_idle`, `keepalives_interval`, `keepalives_retries`); one of a pool of your own, when its configuration says.
    #[must_use]
    pub fn connection_wait(mut self, wait: Duration) -> Self {
        self.connection_wait = wait;
        self
    }

    /// How long to wait for another transaction that appends, before [`Busy`](eventsource_core::store::StoreErrorKind::Busy). 10 seconds by
    /// default, at least 1 millisecond. Only a transaction of a user's own can hold the log for longer than a moment.
    #[must_use]
    pub fn busy_wait(mut self, wait: Duration) -> Self {
        self.busy_wait = wait;
        self
    }

    /// For how long commits whose answer was lost are asked after, before [`Unknown`](eventsource_core::store::AppendError::Unknown). 10
    /// seconds by default. In that time the server may restart, or another one take its place.
    #[must_use]
    pub fn resolve_wait(mut self, wait: Duration) -> Self {
        self.resolve_wait = wait;
        self
    }

    /// How often the log's end is looked for while somebody waits for it to grow. 20 milliseconds by default. Appends of the same store are
    /// noticed at once.
    #[must_use]
    pub fn look_every(mut self, interval: Duration) -> Self {
        self.look_every = interval.max(Duration::from_millis(1));
        self
    }

    /// How many commits at most share one transaction. 256 by default, at least 1. Four times as many may wait; a further append waits to be
    /// queued.
    #[must_use]
    pub fn group_size(mut self, commits: usize) -> Self {
        self.group = commits.max(1);
        self
    }

    /// How to encrypt connections. By default with the authorities that the operating system trusts.
    #[must_use]
    pub fn tls(mut self, config: ClientConfig) -> Self {
        self.tls = Some(config);
        self
    }

    /// Opens the database; see [`PostgresStore::connect`].
    ///
    /// # Errors
    ///
    /// As [`PostgresStore::connect`].
    pub async fn connect(self, url: &str) -> Result<PostgresStore, StoreError> {
        PostgresStore::connect_with(self, url).await
    }

    /// Opens the database of this pool; see [`PostgresStore::from_pool`].
    ///
    /// # Errors
    ///
    /// As [`PostgresStore::from_pool`].
    pub async fn from_pool(self, pool: Pool) -> Result<PostgresStore, StoreError> {
        PostgresStore::from_pool_with(self, pool).await
    }
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self::new()
    }
}
