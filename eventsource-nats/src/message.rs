//! What one message holds: a commit's events for one stream.
//!
//! MessagePack values, one after another: an array that describes the commit, then an array for each event. Payloads and metadata are byte strings and
//! stand there as they came. The first number is the layout's version.

use eventsource_core::store::{Commit, Fingerprint, Recorded, StreamCommit};
use eventsource_core::{Position, Timestamp};
use rmp_serde::Deserializer;
use rmp_serde::decode::ReadRefReader;
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, Bytes};
use uuid::Uuid;

/// The layout that this release writes.
const LAYOUT: u8 = 1;

/// How many bytes an event takes beside its own parts, about.
const EVENT_BYTES: usize = 32;

/// What comes first: layout, commit, fingerprint, stream, first version, time in microseconds since 1970, number of events.
#[derive(Serialize, Deserialize)]
struct Front<'a>(
    u8,
    ByteArray<16>,
    ByteArray<16>,
    #[serde(borrow)] &'a str,
    u64,
    i64,
    u64,
);

/// An event: id, name, schema version, payload, metadata.
#[derive(Serialize, Deserialize)]
struct Event<'a>(
    ByteArray<16>,
    #[serde(borrow)] &'a str,
    u16,
    #[serde(borrow)] &'a Bytes,
    #[serde(borrow)] &'a Bytes,
);

/// The bytes of a commit's message to one of its streams.
pub(crate) fn encode(
    commit: &Commit,
    part: &StreamCommit,
    recorded_at: Timestamp,
) -> Result<Vec<u8>, rmp_serde::encode::Error> {
    let bytes: usize = part
        .events
        .iter()
        .map(|event| event.payload.len() + event.metadata.len() + event.name.len() + EVENT_BYTES)
        .sum();
    let mut message = Vec::with_capacity(bytes + part.stream.as_str().len() + 2 * EVENT_BYTES);
    let front = Front(
        LAYOUT,
        ByteArray::new(*commit.id.as_bytes()),
        ByteArray::new(commit.fingerprint.to_bytes()),
        part.stream.as_str(),
        part.expected_version.saturating_add(1),
        recorded_at.as_micros(),
        part.events.len() as u64,
    );
    rmp_serde::encode::write(&mut message, &front)?;
    for event in &part.events {
        let event = Event(
            ByteArray::new(*event.id.as_bytes()),
            event.name,
            event.schema_version,
            Bytes::new(&event.payload),
            Bytes::new(&event.metadata),
        );
        rmp_serde::encode::write(&mut message, &event)?;
    }
    Ok(message)
}

/// A message that cannot be read.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// It is of a layout that a newer release writes.
    Newer(u8),
    /// No release has written it.
    Foreign,
}

/// A message, borrowed; its events are read when they are asked for.
pub(crate) struct Message<'a> {
    pub(crate) commit_id: Uuid,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) stream: &'a str,
    pub(crate) first_version: u64,
    pub(crate) recorded_at: Timestamp,
    pub(crate) events: u64,
    position: Position,
    rest: Deserializer<ReadRefReader<'a, [u8]>>,
}

impl<'a> Message<'a> {
    /// Reads what the message at this position of the log says of itself.
    pub(crate) fn read(position: Position, bytes: &'a [u8]) -> Result<Self, Unreadable> {
        let mut rest = Deserializer::from_read_ref(bytes);
        let Ok(Front(layout, commit_id, fingerprint, stream, first_version, time, events)) =
            Front::deserialize(&mut rest)
        else {
            return Err(newer(bytes));
        };
        if layout != LAYOUT {
            return Err(newer(bytes));
        }
        // No stream has a version 0, and no message is empty.
        if first_version == 0 || events == 0 || first_version.checked_add(events).is_none() {
            return Err(Unreadable::Foreign);
        }
        Ok(Self {
            commit_id: Uuid::from_bytes(commit_id.into_array()),
            fingerprint: Fingerprint::from_bytes(fingerprint.into_array()),
            stream,
            first_version,
            recorded_at: Timestamp::from_micros(time),
            events,
            position,
            rest,
        })
    }

    /// The version of its last event.
    pub(crate) fn last_version(&self) -> u64 {
        self.first_version + self.events - 1
    }

    /// The next event, in order; `index` counts them from 0.
    pub(crate) fn event(&mut self, index: u64) -> Result<Recorded<'a>, Unreadable> {
        let Event(id, name, schema_version, payload, metadata) =
            Event::deserialize(&mut self.rest).map_err(|_| Unreadable::Foreign)?;
        Ok(Recorded {
            position: self.position,
            index: u32::try_from(index).map_err(|_| Unreadable::Foreign)?,
            stream: self.stream,
            version: self.first_version + index,
            event_id: Uuid::from_bytes(id.into_array()),
            name,
            schema_version,
            recorded_at: self.recorded_at,
            payload,
            metadata,
        })
    }
}

/// Why a message has no front of this release's layout: by its first number, where it has one.
fn newer(bytes: &[u8]) -> Unreadable {
    // An array of up to 15 values, and a small number.
    match bytes {
        [0x90..=0x9f, layout @ 2..=0x7f, ..] => Unreadable::Newer(*layout),
        _ => Unreadable::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use eventsource_core::StreamName;
    use eventsource_core::store::NewEvent;
    use proptest::prelude::*;

    use super::*;

    fn commit(events: Vec<(Vec<u8>, Vec<u8>, u16)>) -> Commit {
        let events = events
            .into_iter()
            .map(|(payload, metadata, schema_version)| NewEvent {
                id: Uuid::now_v7(),
                name: "account.noted",
                schema_version,
                payload,
                metadata: Arc::from(metadata),
            })
            .collect();
        let part = StreamCommit {
            stream: StreamName::new("account", "1").unwrap(),
            expected_version: 7,
            events,
        };
        Commit::new(Uuid::now_v7(), Timestamp::from_micros(-5), vec![part])
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            events in prop::collection::vec((any::<Vec<u8>>(), any::<Vec<u8>>(), any::<u16>()), 1..8),
        ) {
            let commit = commit(events);
            let part = &commit.streams[0];
            let bytes = encode(&commit, part, commit.recorded_at).unwrap();
            let mut message = Message::read(Position::from_raw(3), &bytes).unwrap();
            prop_assert_eq!(message.commit_id, commit.id);
            prop_assert_eq!(message.fingerprint, commit.fingerprint);
            prop_assert_eq!(message.last_version(), 7 + part.events.len() as u64);
            for (index, written) in (0..).zip(&part.events) {
                let read = message.event(index).unwrap();
                prop_assert_eq!(read.payload, &written.payload[..]);
                prop_assert_eq!(read.metadata, &written.metadata[..]);
                prop_assert_eq!((read.event_id, read.schema_version), (written.id, written.schema_version));
                prop_assert_eq!((read.version, read.recorded_at), (8 + index, commit.recorded_at));
            }
            prop_assert!(message.event(part.events.len() as u64).is_err());
        }

        #[test]
        fn any_bytes_are_refused_or_read(bytes in any::<Vec<u8>>()) {
            if let Ok(mut message) = Message::read(Position::START, &bytes) {
                let _ = message.event(0);
            }
        }
    }

    #[test]
    fn a_newer_layout_is_told_from_what_is_foreign() {
        assert!(matches!(
            Message::read(Position::START, &[0x97, 2, 0]),
            Err(Unreadable::Newer(2))
        ));
        assert!(matches!(
            Message::read(Position::START, b"hello"),
            Err(Unreadable::Foreign)
        ));
    }
}
