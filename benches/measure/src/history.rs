//! The bank's events as they are stored: a name, a schema version and 60 bytes of JSON each.

use std::ops::Range;

/// Bytes of each payload.
pub const PAYLOAD_BYTES: usize = 60;

/// The domain of an event, as numbers and texts: every program makes its own types of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// The first event of each account.
    Opened {
        /// Who opened it.
        owner: String,
    },
    /// Each even version.
    Deposited {
        /// More than is ever withdrawn at once.
        amount: u64,
        /// Fills the payload.
        reference: String,
    },
    /// Each other version.
    Withdrawn {
        /// Less than is ever deposited at once.
        amount: u64,
        /// Fills the payload.
        reference: String,
    },
}

/// What has happened to an account as its event of this version, from 1.
#[must_use]
pub fn fact(version: u64) -> Fact {
    let padded = |length: usize| format!("{version:0>length$}");
    let amount = 1_000 + version % 4_000;
    match version {
        1 => Fact::Opened { owner: padded(48) },
        _ if version.is_multiple_of(2) => Fact::Deposited {
            amount: 5_000 + amount % 5_000,
            reference: padded(13),
        },
        _ => Fact::Withdrawn {
            amount,
            reference: padded(30),
        },
    }
}

/// What an account of so many events holds.
#[must_use]
pub fn balance(events: u64) -> u64 {
    let mut balance = 0;
    for version in 1..=events {
        match fact(version) {
            Fact::Opened { .. } => {}
            Fact::Deposited { amount, .. } => balance += amount,
            Fact::Withdrawn { amount, .. } => balance -= amount,
        }
    }
    balance
}

impl Fact {
    /// The stored name, the schema version, and the payload.
    #[must_use]
    pub fn stored(&self) -> (&'static str, u16, String) {
        match self {
            Self::Opened { owner } => ("account.opened", 1, format!(r#"{{"owner":"{owner}"}}"#)),
            Self::Deposited { amount, reference } => (
                "account.deposited",
                3,
                format!(r#"{{"amount":{amount},"reference":"{reference}","currency":"EUR"}}"#),
            ),
            Self::Withdrawn { amount, reference } => (
                "account.withdrawn",
                1,
                format!(r#"{{"amount":{amount},"reference":"{reference}"}}"#),
            ),
        }
    }
}

/// A stored event.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// The stored type name.
    pub name: &'a str,
    /// The payload's schema version.
    pub version: u16,
    /// The payload.
    pub payload: &'a [u8],
}

struct Place {
    name: Range<usize>,
    version: u16,
    payload: Range<usize>,
}

/// Stored events of several streams of the same length, each with bytes of its own, as a store's buffer has them.
#[derive(Default)]
pub struct History {
    names: String,
    payloads: Vec<u8>,
    places: Vec<Place>,
    stream_length: usize,
}

impl History {
    /// `events` events in streams of `stream_length`.
    #[must_use]
    pub fn new(events: usize, stream_length: usize) -> Self {
        let mut history = Self {
            stream_length,
            ..Self::default()
        };
        for at in 0..events {
            let (name, version, payload) = fact((at % stream_length) as u64 + 1).stored();
            history.push(name, version, &payload);
        }
        history
    }

    /// `events` deposits of schema version 1, in one stream.
    #[must_use]
    pub fn of_old_deposits(events: usize) -> Self {
        let mut history = Self {
            stream_length: events,
            ..Self::default()
        };
        for at in 0..events {
            let payload = format!(
                r#"{{"amt":{},"reference":"{at:0>33}"}}"#,
                1_000 + at % 9_000
            );
            history.push("account.deposited", 1, &payload);
        }
        history
    }

    fn push(&mut self, name: &str, version: u16, payload: &str) {
        assert_eq!(payload.len(), PAYLOAD_BYTES, "{payload}");
        let (name_at, payload_at) = (self.names.len(), self.payloads.len());
        self.names.push_str(name);
        self.payloads.extend_from_slice(payload.as_bytes());
        self.places.push(Place {
            name: name_at..self.names.len(),
            version,
            payload: payload_at..self.payloads.len(),
        });
    }

    /// The number of events in all streams.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.places.len() as u64
    }

    /// The streams, each as its events in their order.
    pub fn streams(&self) -> impl Iterator<Item = impl Iterator<Item = Event<'_>>> {
        self.places.chunks(self.stream_length).map(|places| {
            places.iter().map(|place| Event {
                name: &self.names[place.name.clone()],
                version: place.version,
                payload: &self.payloads[place.payload.clone()],
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_account_is_ever_overdrawn() {
        let mut balance = 0_u64;
        for version in 1..10_000 {
            balance = match fact(version) {
                Fact::Opened { .. } => balance,
                Fact::Deposited { amount, .. } => balance + amount,
                Fact::Withdrawn { amount, .. } => balance
                    .checked_sub(amount)
                    .expect("a withdrawal follows upon a larger deposit"),
            };
        }
    }

    #[test]
    fn every_stream_begins_with_the_opening() {
        let history = History::new(25, 10);
        let names: Vec<Vec<&str>> = history
            .streams()
            .map(|stream| stream.map(|event| event.name).collect())
            .collect();
        assert_eq!(names.iter().map(Vec::len).collect::<Vec<_>>(), [10, 10, 5]);
        assert!(names.iter().all(|names| names[0] == "account.opened"));
    }
}
