//! How a store is opened.

use std::path::PathBuf;
use std::time::Duration;

use eventsource_core::store::StoreError;

use crate::NatsStore;

/// How a [`NatsStore`] is opened. The defaults suit a program of any size; none of them trades safety for speed.
///
/// ```no_run
/// # async fn example() -> Result<(), eventsource_core::store::StoreError> {
/// let store = eventsource_nats::NatsOptions::new()
///     .log("bank")
///     .replicas(3)
///     .connect("nats://a.example:4222,nats://b.example:4222,nats://c.example:4222")
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct NatsOptions {
    pub(crate) log: String,
    pub(crate) replicas: Option<usize>,
    pub(crate) credentials: Option<PathBuf>,
    pub(crate) request_wait: Duration,
    pub(crate) resolve_wait: Duration,
    pub(crate) look_every: Duration,
    pub(crate) streams_known: usize,
}

impl NatsOptions {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self {
            log: "eventsource".to_owned(),
            replicas: None,
            credentials: None,
            request_wait: Duration::from_secs(2),
            resolve_wait: Duration::from_secs(10),
            look_every: Duration::from_millis(20),
            streams_known: 16_384,
        }
    }

    /// The name of the log: of its stream, and the first token of its subjects. `eventsource` by default. Several logs in one account have a
    /// name each: 1 to 100 letters, digits, `_` and `-` of ASCII.
    #[must_use]
    pub fn log(mut self, name: impl Into<String>) -> Self {
        self.log = name.into();
        self
    }

    /// On how many servers of the cluster the log is kept, when it is made: 1, 3 or 5. By default 3 in a cluster, and 1 on a single server. A log
    /// that is there already keeps its number.
    #[must_use]
    pub fn replicas(mut self, servers: usize) -> Self {
        self.replicas = Some(servers.max(1));
        self
    }

    /// A credentials file, as `nsc` writes them, for a server that asks for one.
    #[must_use]
    pub fn credentials(mut self, file: impl Into<PathBuf>) -> Self {
        self.credentials = Some(file.into());
        self
    }

    /// How long the server may take for one answer, before it is asked again. 2 seconds by default.
    #[must_use]
    pub fn request_wait(mut self, wait: Duration) -> Self {
        self.request_wait = wait.max(Duration::from_millis(10));
        self
    }

    /// For how long a request is tried again while the server, or the cluster's leader, is away: a read before
    /// [`Unavailable`](eventsource_core::store::StoreErrorKind::Unavailable), a commit before
    /// [`Unknown`](eventsource_core::store::AppendError::Unknown). 10 seconds by default. In that time the cluster chooses another leader.
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

    /// Of how many streams the store remembers where they end, the last used ones: an append to one of the others reads it first. 16,384 by
    /// default, about 150 bytes each.
    #[must_use]
    pub fn streams_known(mut self, streams: usize) -> Self {
        self.streams_known = streams.max(1);
        self
    }

    /// Connects to the servers at `url`; see [`NatsStore::connect`].
    ///
    /// # Errors
    ///
    /// As [`NatsStore::connect`].
    pub async fn connect(self, url: &str) -> Result<NatsStore, StoreError> {
        NatsStore::connect_with(self, url).await
    }

    /// Opens the log through a client that is connected already; see [`NatsStore::from_client`].
    ///
    /// # Errors
    ///
    /// As [`NatsStore::from_client`].
    pub async fn from_client(self, client: async_nats::Client) -> Result<NatsStore, StoreError> {
        NatsStore::from_client_with(self, client).await
    }
}

impl Default for NatsOptions {
    fn default() -> Self {
        Self::new()
    }
}
