//! The connection of a store, and the server behind it.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::{self, context::ContextBuilder};
use async_nats::{Client, ConnectOptions, ServerAddr, ServerInfo};
use eventsource_core::store::{StoreError, StoreErrorKind};
use percent_encoding::percent_decode_str;

use crate::error::Place;
use crate::flow::Refused;
use crate::options::NatsOptions;
use crate::quiet::Quiet;
use crate::subject::Subjects;

/// What a connection is called in the server's reports.
const NAME: &str = "eventsource";

/// The oldest server that the store trusts: earlier ones can let two commits of one expected version in, or lose an atomic batch, when a leader
/// changes.
const OLDEST: (u64, u64, u64) = (2, 12, 6);

/// How many messages may wait for their acknowledgements, in the client.
const IN_FLIGHT: usize = 4096;

/// A connection, and the names of what is used through it. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) place: Place,
    pub(crate) client: Client,
    pub(crate) jetstream: jetstream::Context,
    pub(crate) subjects: Arc<Subjects>,
    /// For how long to try again while the server is away.
    pub(crate) patience: Duration,
    /// How long one answer may take.
    pub(crate) request_wait: Duration,
    /// Whether consumers can be had.
    pub(crate) flows_refused: Arc<Refused>,
    /// Where the client lives, unless it is the user's.
    quiet: Option<Arc<Quiet>>,
}

impl Server {
    pub(crate) async fn connect(options: &NatsOptions, url: &str) -> Result<Self, StoreError> {
        check_name(&options.log)?;
        let servers = addresses(url)?;
        let place = Place::new(&describe(&options.log, &servers));
        let told = Arc::clone(place.told());
        let listening = ConnectOptions::new()
            .name(NAME)
            .event_callback(move |event| {
                told.note(&event);
                std::future::ready(())
            });
        let mut connecting = authenticated(listening, &servers);
        if let Some(file) = &options.credentials {
            let read = connecting.credentials_file(file).await;
            connecting = read.map_err(|error| {
                place
                    .error(
                        StoreErrorKind::Denied,
                        format!("the credentials file {} cannot be read", file.display()),
                    )
                    .source(error)
            })?;
        }
        let quiet = Quiet::start().map_err(|error| {
            place
                .error(StoreErrorKind::Other, "no thread can be had")
                .source(error)
        })?;
        let connected = quiet.run(async move { connecting.connect(&servers[..]).await });
        let client = connected
            .await
            .ok_or_else(|| place.error(StoreErrorKind::Other, "the client panicked"))?
            .map_err(|error| place.no_connection(error))?;
        let mut server = Self::new(options, place, client)?;
        server.quiet = Some(Arc::new(quiet));
        Ok(server)
    }

    pub(crate) fn of_client(options: &NatsOptions, client: Client) -> Result<Self, StoreError> {
        check_name(&options.log)?;
        let ServerInfo { host, port, .. } = client.server_info();
        let place = Place::new(&format!("nats stream {} at {host}:{port}", options.log));
        Self::new(options, place, client)
    }

    fn new(options: &NatsOptions, place: Place, client: Client) -> Result<Self, StoreError> {
        check_server(&place, &client.server_info())?;
        let jetstream = ContextBuilder::new()
            .timeout(options.request_wait)
            .max_ack_inflight(IN_FLIGHT)
            .backpressure_on_inflight(true)
            .build(client.clone());
        Ok(Self {
            place,
            client,
            jetstream,
            subjects: Arc::new(Subjects::new(&options.log)),
            patience: options.resolve_wait,
            request_wait: options.request_wait,
            flows_refused: Arc::default(),
            quiet: None,
        })
    }
}

impl Server {
    /// Refuses a server that is too old, among several that which is connected to at this moment.
    pub(crate) fn check_version(&self) -> Result<(), StoreError> {
        check_server(&self.place, &self.client.server_info())
    }
}

/// With what the first URL that names a user says: a user and a password, or a token alone. The client itself passes over it.
fn authenticated(connecting: ConnectOptions, servers: &[ServerAddr]) -> ConnectOptions {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let named = servers
        .iter()
        .find_map(|server| Some((server.username()?, server.password())));
    match named {
        Some((user, Some(password))) => {
            connecting.user_and_password(decoded(user), decoded(password))
        }
        Some((token, None)) => connecting.token(decoded(token)),
        None => connecting,
    }
}

fn check_name(log: &str) -> Result<(), StoreError> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if (1..=100).contains(&log.len()) && log.bytes().all(token) {
        return Ok(());
    }
    Err(StoreError::new(
        StoreErrorKind::Invalid,
        "nats stream",
        "the log's name is 1 to 100 letters, digits, `_` and `-` of ASCII: give NatsOptions::log another",
    ))
}

/// The servers of a URL, or of several with commas between them.
fn addresses(url: &str) -> Result<Vec<ServerAddr>, StoreError> {
    // What is wrong is not told in the parser's words, since they may hold the password.
    url.split(',')
        .map(|server| server.trim().parse())
        .collect::<Result<_, _>>()
        .map_err(|_| {
            StoreError::new(
                StoreErrorKind::Invalid,
                "nats URL",
                "it cannot be read: write it as nats://user:password@host:4222, several with commas between them",
            )
        })
}

/// `nats stream bank at a.example:4222, b.example:4222`
fn describe(log: &str, servers: &[ServerAddr]) -> String {
    let servers: Vec<String> = servers
        .iter()
        .map(|server| format!("{}:{}", server.host(), server.port()))
        .collect();
    format!("nats stream {log} at {}", servers.join(", "))
}

fn check_server(place: &Place, server: &ServerInfo) -> Result<(), StoreError> {
    let unsupported = |what| Err(place.error(StoreErrorKind::Unsupported, what));
    if parsed(&server.version).is_none_or(|version| version < OLDEST) {
        let (major, minor, patch) = OLDEST;
        return unsupported(format!(
            "the server is of version {}, and {major}.{minor}.{patch} or newer is needed: upgrade it",
            server.version
        ));
    }
    if !server.jetstream {
        return unsupported("the server has no JetStream: start it with `-js`".to_owned());
    }
    Ok(())
}

/// The numbers of a version; what follows them, as in `2.12.6-RC.1`, comes before the version itself.
fn parsed(version: &str) -> Option<(u64, u64, u64)> {
    let (numbers, before) = match version.split_once('-') {
        Some((numbers, _)) => (numbers, true),
        None => (version, false),
    };
    let mut numbers = numbers.trim_start_matches('v').split('.');
    let mut number = || numbers.next()?.parse::<u64>().ok();
    let (major, minor, patch) = (number()?, number()?, number()?);
    Some((
        major,
        minor,
        if before { patch.checked_sub(1)? } else { patch },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(version: &str) -> Result<(), StoreError> {
        let server = ServerInfo {
            version: version.to_owned(),
            jetstream: true,
            ..ServerInfo::default()
        };
        check_server(&Place::new("nats"), &server)
    }

    #[test]
    fn servers_are_trusted_from_2_12_6_on() {
        for trusted in ["2.12.6", "2.12.7-RC.1", "2.13.0", "2.15.1", "v3.0.0"] {
            check(trusted).unwrap();
        }
        for older in [
            "2.12.5",
            "2.12.6-RC.3",
            "2.11.12",
            "1.99.99",
            "",
            "2.12",
            "new",
        ] {
            let error = check(older).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Unsupported);
            assert!(error.to_string().contains("2.12.6 or newer"), "{error}");
        }
    }

    #[test]
    fn a_server_without_jetstream_is_told() {
        let server = ServerInfo {
            version: "2.15.1".to_owned(),
            ..ServerInfo::default()
        };
        let error = check_server(&Place::new("nats"), &server).unwrap_err();
        assert!(error.to_string().contains("-js"), "{error}");
    }
}
