//! The connections of a store.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

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
        fill_in(&mut config, options.connection_wait);
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

/// What the URL does not say. A server whose machine is gone says nothing any more: what was sent to it is given up after this time, and so is a
/// connection on which an answer is waited for.
fn fill_in(config: &mut Config, wait: Duration) {
    if config.get_application_name().is_none() {
        config.application_name(APPLICATION);
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(wait);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(wait);
    }
    // The system counts in whole seconds.
    let part = |of: u32| (wait / of).max(Duration::from_secs(1));
    if config.get_keepalives_idle() == Config::new().get_keepalives_idle() {
        config.keepalives_idle(part(2));
    }
    if config.get_keepalives_interval().is_none() {
        config.keepalives_interval(part(10));
    }
    if config.get_keepalives_retries().is_none() {
        config.keepalives_retries(5);
    }
}

/// `postgres database bank at db.example:5432, schema eventsource`
fn describe(config: &Config, schema: &str) -> String {
    let user = config.get_user().unwrap_or("postgres");
    let database = config.get_dbname().unwrap_or(user);
    let ports = config.get_ports();
    let named = config.get_hosts().iter().map(|host| match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(folder) => folder.display().to_string(),
    });
    let mut hosts: Vec<String> = named.collect();
    if hosts.is_empty() {
        let addresses = config.get_hostaddrs().iter();
        hosts.extend(addresses.map(ToString::to_string));
    }
    for (index, host) in hosts.iter_mut().enumerate() {
        let port = ports.get(index).or(ports.first()).unwrap_or(&5432);
        *host = format!("{host}:{port}");
    }
    format!(
        "postgres database {database} at {}, schema {schema}",
        hosts.join(", ")
    )
}

/// Whether connections are encrypted. A server on this machine is not asked to, unless the URL does.
fn encrypts(config: &Config) -> bool {
    match config.get_ssl_mode() {
        SslMode::Disable => false,
        SslMode::Prefer => leaves_the_machine(config),
        _ => true,
    }
}

/// Whether connections may lead to another machine. Where addresses are given, they are connected to, and the names are those of certificates.
fn leaves_the_machine(config: &Config) -> bool {
    let addresses = config.get_hostaddrs();
    if !addresses.is_empty() {
        return addresses.iter().any(|address| !address.is_loopback());
    }
    config.get_hosts().iter().any(|host| match host {
        Host::Tcp(name) => {
            let address: Option<IpAddr> = name.parse().ok();
            name != "localhost" && !address.is_some_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => false,
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Config {
        url.parse().expect("it can be read")
    }

    #[test]
    fn what_leaves_the_machine_is_encrypted() {
        for (url, encrypted) in [
            ("postgres://bank@localhost/bank", false),
            ("postgres://bank@127.0.0.1/bank", false),
            ("postgres://bank@127.1.2.3/bank", false),
            ("postgres://bank@db.example/bank", true),
            ("postgres://bank@localhost,db.example/bank", true),
            ("hostaddr=10.0.0.5 user=bank", true),
            ("hostaddr=127.0.0.1 user=bank", false),
            ("hostaddr=::1 user=bank", false),
            ("host=localhost hostaddr=10.0.0.5 user=bank", true),
            ("host=db.example hostaddr=127.0.0.1 user=bank", false),
            ("hostaddr=10.0.0.5 user=bank sslmode=disable", false),
            ("postgres://bank@localhost/bank?sslmode=require", true),
        ] {
            assert_eq!(encrypts(&read(url)), encrypted, "{url}");
        }
    }

    #[test]
    fn a_place_without_a_name_is_told_by_its_address() {
        let told = describe(&read("hostaddr=10.0.0.5 user=bank port=5433"), "log");
        assert_eq!(told, "postgres database bank at 10.0.0.5:5433, schema log");
        let told = describe(&read("postgres://bank@a,b:5433/ledger"), "log");
        assert_eq!(
            told,
            "postgres database ledger at a:5432, b:5433, schema log"
        );
    }

    #[test]
    fn a_server_that_falls_silent_is_given_up_in_time() {
        let mut config = read("postgres://bank@db.example/bank");
        fill_in(&mut config, Duration::from_secs(10));
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(config.get_connect_timeout().copied(), seconds(10));
        assert_eq!(config.get_tcp_user_timeout().copied(), seconds(10));
        assert_eq!(Some(config.get_keepalives_idle()), seconds(5));
        assert_eq!(config.get_keepalives_interval(), seconds(1));
        assert_eq!(config.get_keepalives_retries(), Some(5));
    }

    #[test]
    fn what_the_url_says_of_silence_stays() {
        let mut config = read(
            "postgres://bank@db.example/bank?connect_timeout=1&tcp_user_timeout=2&keepalives_idle=3&keepalives_interval=4&keepalives_retries=6",
        );
        let said = config.clone();
        fill_in(&mut config, Duration::from_secs(10));
        config.application_name("");
        let mut said = said;
        said.application_name("");
        assert_eq!(config, said);
    }
}
