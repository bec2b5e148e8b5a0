//! What JetStream says, as the typed errors of a store: what was tried, where, and what to do.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::RequestErrorKind;
use async_nats::{ConnectError, ConnectErrorKind, jetstream};
use eventsource_core::store::{StoreError, StoreErrorKind};

use crate::told::{Refused, Told};

/// The server's answer to one that lacks a right. It comes beside the request, which then has no answer at all.
const NO_RIGHT: &str = "the server did not answer: check that it runs, that the cluster has a leader for the stream, and that this user may \
     publish to the stream's subjects and to `$JS.API.>`";

/// What is to be done about a right that is missing.
const MAY_NOT: &str = "this user may not: give it the rights to publish to the log's subjects and to `$JS.API.>`, and to subscribe to `_INBOX.>`";

/// Where a store is, in words: `nats stream bank at nats.example:4222`; and what the server has said there. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    name: Arc<str>,
    told: Arc<Told>,
}

/// A request that has not been answered with what was asked for.
#[derive(Debug)]
pub(crate) enum Failed {
    /// Nobody knows whether it was carried out, or there is nobody to do it at this moment. It may be tried again.
    Away(StoreError),
    /// It will not be otherwise the next time.
    For(StoreError),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::For(error)
    }
}

impl Place {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            told: Arc::default(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Where what the server says beside its answers is noted.
    pub(crate) fn told(&self) -> &Arc<Told> {
        &self.told
    }

    /// A failure here.
    pub(crate) fn error(&self, kind: StoreErrorKind, what: impl Into<String>) -> StoreError {
        StoreError::new(kind, &*self.name, what)
    }

    /// A call after [`close`](eventsource_core::store::EventStore::close).
    pub(crate) fn closed(&self) -> StoreError {
        self.error(
            StoreErrorKind::Closed,
            "the store was closed: open it again to go on",
        )
    }

    /// Something stored is not what this store writes.
    pub(crate) fn corrupt(&self, what: &str) -> StoreError {
        self.error(
            StoreErrorKind::Corrupt,
            format!("{what}: it was written by other hands, restore the stream from a backup"),
        )
    }

    /// A message that the server does not take.
    pub(crate) fn too_large(&self, what: &str, bytes: usize, most: usize) -> StoreError {
        self.error(
            StoreErrorKind::TooLarge,
            format!(
                "{what} is a message of {bytes} bytes, and the server takes {most}: store large things elsewhere and their address here, or raise max_payload in the server's configuration"
            ),
        )
    }

    /// The streams of the log are not there.
    pub(crate) fn not_prepared(&self) -> StoreError {
        self.error(
            StoreErrorKind::OlderSchema,
            "its streams are missing: let a program that may make them start on it first (App::start, or EventStore::prepare(true))",
        )
    }

    pub(crate) fn no_connection(&self, error: ConnectError) -> StoreError {
        let (kind, advice) = match error.kind() {
            _ if Refused::of(&error.to_string()) == Some(Refused::TooMany) => {
                (Refused::TooMany.kind(), Refused::TooMany.advice())
            }
            ConnectErrorKind::ServerParse => (
                StoreErrorKind::Invalid,
                "the URL cannot be read: write it as nats://user:password@host:4222",
            ),
            ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
                (Refused::User.kind(), Refused::User.advice())
            }
            ConnectErrorKind::Tls => (
                StoreErrorKind::Unavailable,
                "no encrypted connection could be made: check the server's certificate, or connect yourself and use NatsStore::from_client",
            ),
            _ => (
                StoreErrorKind::Unavailable,
                "the server cannot be reached: check that it runs, and the host and the port in the URL",
            ),
        };
        self.error(kind, format!("connecting: {advice}"))
            .source(error)
    }

    /// No answer came in time.
    pub(crate) fn no_answer(&self, doing: &str) -> StoreError {
        match self.told.refused() {
            Some(refused) => self.error(refused.kind(), format!("{doing}: {}", refused.advice())),
            None => self.error(StoreErrorKind::Unavailable, format!("{doing}: {NO_RIGHT}")),
        }
    }

    /// The server's refusal of this subject, where there was one since then.
    pub(crate) fn denied(&self, doing: &str, subject: &str, since: Instant) -> Option<StoreError> {
        self.told.denied(subject, since).then(|| {
            self.error(StoreErrorKind::Denied, format!("{doing}: {MAY_NOT}"))
                .source(Refusal(subject.to_owned()))
        })
    }

    /// What became of a request on this subject, while `doing` ("reading a stream").
    pub(crate) fn request(
        &self,
        doing: &str,
        (subject, since): (&str, Instant),
        error: &(dyn Error + 'static),
    ) -> Failed {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(error) = error.downcast_ref::<jetstream::Error>() {
                return self.jetstream(doing, error);
            }
            if let Some(error) = error.downcast_ref::<jetstream::context::RequestError>() {
                match error.kind() {
                    RequestErrorKind::TimedOut | RequestErrorKind::NoResponders => break,
                    _ => {}
                }
            }
            cause = error.source();
        }
        match self.denied(doing, subject, since) {
            Some(denied) => Failed::For(denied),
            None => Failed::Away(self.no_answer(doing).source(error.to_string())),
        }
    }

    /// What JetStream itself answered.
    pub(crate) fn jetstream(&self, doing: &str, error: &jetstream::Error) -> Failed {
        let told = |kind, advice: &str| {
            self.error(kind, format!("{doing}: {advice}"))
                .source(Answered(error.error_code().0, error.to_string()))
        };
        match error.error_code() {
            ErrorCode::STREAM_NOT_FOUND => Failed::For(self.not_prepared()),
            ErrorCode::JETSTREAM_NOT_ENABLED | ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT => {
                Failed::For(told(
                    StoreErrorKind::Unsupported,
                    "the server has no JetStream for this account: start it with `-js`, or enable it in the account's configuration",
                ))
            }
            ErrorCode::ACCOUNT_RESOURCES_EXCEEDED
            | ErrorCode::STORAGE_RESOURCES_EXCEEDED
            | ErrorCode::MEMORY_RESOURCES_EXCEEDED
            | ErrorCode::INSUFFICIENT_RESOURCES
            | ErrorCode::MAXIMUM_STREAMS_LIMIT => Failed::For(told(
                StoreErrorKind::Full,
                "the server has no space left for JetStream: raise the account's limits or max_file_store",
            )),
            // With `discard: new` a full stream refuses, and so does a disk without space.
            ErrorCode::STREAM_STORE_FAILED => Failed::For(told(
                StoreErrorKind::Full,
                "the stream takes nothing more: free some space on the server's disk or raise its limits",
            )),
            // What a leader that is changing or busy says.
            _ if matches!(error.code(), 408 | 429 | 500 | 503) => Failed::Away(told(
                StoreErrorKind::Unavailable,
                "the cluster could not do it at this moment: see that a majority of its servers runs",
            )),
            _ => Failed::For(told(
                StoreErrorKind::Other,
                "JetStream refused, see the cause",
            )),
        }
    }
}

/// The server's own words, by their number.
#[derive(Debug)]
struct Answered(u64, String);

impl fmt::Display for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JetStream error {}: {}", self.0, self.1)
    }
}

impl Error for Answered {}

/// The server's refusal of a subject.
#[derive(Debug)]
struct Refusal(String);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "permissions violation for {}", self.0)
    }
}

impl Error for Refusal {}
