//! The connections of a store.

use std::sync::Arc;

use deadpool_postgres::{Client, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use eventsource_core::store::{StoreError, StoreErrorKind};
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::Place;
use crate::options::PostgresOptions;

/// What a connection is called in `pg_stat_activity`, unless the URL says otherwise.
const APPLICATION: &str = "eventsource";

/// The pool, and where it leads to.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    place: Place,
    pool: Pool,
    /// Whether the pool ends with the store.
    ours: bool,
}

impl Database {
    /// A pool of our own. Nothing is connected yet.
    pub(crate) fn open(options: &PostgresOptions, url: &str) -> Result<Self, StoreError> {
        let mut config: Config = url.parse().map_err(|error| {
            // The URL has a password in it, and the driver's error has none of the URL.
            Place::new("postgres URL")
                .error(
                    StoreErrorKind::Invalid,
                    "it cannot be read: write it as postgres://user:password@host:5432/database",
                )
                .source(described(&error))
        })?;
        if config.get_application_name().is_none() {
            config.application_name(APPLICATION);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(options.connection_wait);
        }
        let place = Place::new(&describe(&config, &options.schema));
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = if encrypts(&config) {
            let tls = match &options.tls {
                Some(tls) => tls.clone(),
                None => trusted_by_the_system(&place)?,
            };
            Manager::from_config(config, MakeRustlsConnect::new(tls), recycling)
        } else {
            Manager::from_config(config, NoTls, recycling)
        };
        let pool = Pool::builder(manager)
            .max_size(options.connections)
            .wait_timeout(Some(options.connection_wait))
            .create_timeout(Some(options.connection_wait))
            // What was used last has its statements prepared and its pages at hand.
            .queue_mode(deadpool_postgres::QueueMode::Lifo)
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| {
                place
                    .error(StoreErrorKind::Other, "no pool of connections can be made")
                    .source(error)
            })?;
        Ok(Self {
            place,
            pool,
            ours: true,
        })
    }

    /// A pool of the user's, which outlives the store.
    pub(crate) fn of_pool(options: &PostgresOptions, pool: Pool) -> Self {
        Self {
            place: Place::new(&format!("postgres pool, schema {}", options.schema)),
            pool,
            ours: false,
        }
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    pub(crate) async fn client(&self) -> Result<Client, StoreError> {
        let client = self.pool.get().await;
        client.map_err(|error| self.place.no_connection(error))
    }

    /// A connection that answers, for what cannot be tried again: one of the pool may have been lost without anybody noticing.
    pub(crate) async fn fresh_client(&self) -> Result<Client, StoreError> {
        let mut stale = self.connections();
        loop {
            let client = self.client().await?;
            match client.simple_query("").await {
                Ok(_) => return Ok(client),
                Err(_) if stale > 0 => stale -= 1,
                Err(error) => return Err(self.place.postgres("connecting", &error)),
            }
        }
    }

    /// How many connections there can be that have been lost without anybody noticing.
    pub(crate) fn connections(&self) -> usize {
        self.pool.status().max_size
    }

    pub(crate) fn close(&self) {
        if self.ours {
            self.pool.close();
        }
    }
}

fn described(error: &tokio_postgres::Error) -> String {
    let cause = std::error::Error::source(error);
    cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

/// `postgres database bank at db.example:5432, schema eventsource`
fn describe(config: &Config, schema: &str) -> String {
    let user = config.get_user().unwrap_or("postgres");
    let database = config.get_dbname().unwrap_or(user);
    let ports = config.get_ports();
    let hosts: Vec<String> = config
        .get_hosts()
        .iter()
        .enumerate()
        .map(|(index, host)| {
            let port = ports.get(index).or(ports.first()).unwrap_or(&5432);
            match host {
                Host::Tcp(name) => format!("{name}:{port}"),
                #[cfg(unix)]
                Host::Unix(folder) => format!("{}:{port}", folder.display()),
            }
        })
        .collect();
    format!(
        "postgres database {database} at {}, schema {schema}",
        hosts.join(", ")
    )
}

/// Whether connections are encrypted. A server on this machine is not asked to, unless the URL does.
fn encrypts(config: &Config) -> bool {
    match config.get_ssl_mode() {
        SslMode::Disable => false,
        SslMode::Prefer => config.get_hosts().iter().any(|host| match host {
            Host::Tcp(name) => !matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
            #[cfg(unix)]
            Host::Unix(_) => false,
        }),
        _ => true,
    }
}

fn trusted_by_the_system(place: &Place) -> Result<ClientConfig, StoreError> {
    let mut roots = RootCertStore::empty();
    // One that cannot be read is as one that is not trusted: the handshake will tell.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| {
            place
                .error(
                    StoreErrorKind::Other,
                    "no version of TLS is there: give PostgresOptions::tls a configuration",
                )
                .source(error)
        })?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
