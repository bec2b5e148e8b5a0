//! What the server says beside its answers: that it refuses this client, or a subject to this user. The request itself then has no answer at all.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use async_nats::{ClientError, Event, ServerError};
use eventsource_core::store::StoreErrorKind;

/// Of how many subjects a refusal is remembered.
const SUBJECTS: usize = 1024;

/// What the server says of a subject that the user may not publish to; the subject follows, between quotes.
const PUBLISHING: &str = "Permissions Violation for Publish to \"";

/// The same of a subject that it may not subscribe to.
const SUBSCRIBING: &str = "Permissions Violation for Subscription to \"";

/// What it says to a connection that is one too many, in small letters.
const TOO_MANY: &str = "maximum connections exceeded";

/// What was said.
#[derive(Debug, Default)]
pub(crate) struct Told(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Why there is no connection.
    refused: Option<Refused>,
    /// When a subject was last refused.
    subjects: HashMap<String, Instant>,
    /// When the subject of the answers was last refused.
    answers: Option<Instant>,
}

/// Why the server takes no connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The user, or its password.
    User,
    /// There are too many.
    TooMany,
}

impl Refused {
    /// From the client's words for what went wrong.
    pub(crate) fn of(told: &str) -> Option<Self> {
        let told = told.to_ascii_lowercase();
        if told.contains(TOO_MANY) {
            return Some(Self::TooMany);
        }
        let refused = [
            "authorization violation",
            "authentication",
            "user credentials",
        ];
        refused
            .iter()
            .any(|words| told.contains(words))
            .then_some(Self::User)
    }

    pub(crate) fn kind(self) -> StoreErrorKind {
        match self {
            Self::User => StoreErrorKind::Denied,
            Self::TooMany => StoreErrorKind::Busy,
        }
    }

    pub(crate) fn advice(self) -> &'static str {
        match self {
            Self::User => {
                "the server refused this user: check the user and the password in the URL, or the credentials file"
            }
            Self::TooMany => {
                "the server has as many connections as it takes: close some, or raise max_connections in its configuration"
            }
        }
    }
}

impl Told {
    /// Notes what happened to the connection.
    pub(crate) fn note(&self, event: &Event) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Connected => state.refused = None,
            Event::ServerError(ServerError::AuthorizationViolation) => {
                state.refused = Some(Refused::User);
            }
            Event::ServerError(ServerError::Other(told)) => {
                if let Some(subject) = quoted(told, PUBLISHING) {
                    if state.subjects.len() >= SUBJECTS {
                        state.subjects.clear();
                    }
                    state.subjects.insert(subject.to_owned(), Instant::now());
                } else if quoted(told, SUBSCRIBING).is_some() {
                    state.answers = Some(Instant::now());
                } else if let Some(refused) = Refused::of(told) {
                    state.refused = Some(refused);
                }
            }
            Event::ClientError(ClientError::Other(told)) => {
                if let Some(refused) = Refused::of(told) {
                    state.refused = Some(refused);
                }
            }
            _ => {}
        }
    }

    /// Why there is no connection, where the server has said so.
    pub(crate) fn refused(&self) -> Option<Refused> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.refused
    }

    /// Whether the server has refused what was published to this subject since then, or its answer.
    pub(crate) fn denied(&self, subject: &str, since: Instant) -> bool {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let subject = state.subjects.get(subject).copied();
        // Answers go to subjects of the client's own, which are subscribed to once.
        subject.is_some_and(|at| at >= since) || state.answers.is_some()
    }
}

fn quoted<'t>(told: &'t str, before: &str) -> Option<&'t str> {
    told.strip_prefix(before)?.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other(told: &str) -> Event {
        Event::ServerError(ServerError::Other(told.to_owned()))
    }

    #[test]
    fn a_subject_is_denied_from_when_the_server_says_so() {
        let told = Told::default();
        let before = Instant::now();
        told.note(&other(
            r#"Permissions Violation for Publish to "bank.events.a.1""#,
        ));
        assert!(told.denied("bank.events.a.1", before));
        assert!(!told.denied("bank.events.a.2", before));
        assert!(
            !told.denied("bank.events.a.1", Instant::now()),
            "a later one may pass"
        );
    }

    #[test]
    fn a_refused_connection_is_told_until_there_is_one() {
        let told = Told::default();
        let refusal = ClientError::Other("IO error: nats: maximum connections exceeded".into());
        told.note(&Event::ClientError(refusal));
        assert_eq!(told.refused(), Some(Refused::TooMany));
        told.note(&Event::ServerError(ServerError::AuthorizationViolation));
        assert_eq!(told.refused(), Some(Refused::User));
        told.note(&Event::Connected);
        assert_eq!(told.refused(), None);
    }
}
