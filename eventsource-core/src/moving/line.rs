//! The lines of an exported log: a heading, a line for each event, and the count.

use std::fmt::Write as _;
use std::io::BufRead;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::MoveError;
use super::source::{CommitKey, Moving};
use crate::store::{Fingerprint, RecordedEvent};
use crate::{Position, StreamName, Timestamp, check_name};

/// What is written now.
pub(super) const FORMAT: u64 = 1;

/// How far a log was exported, and the digest of all until there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mark {
    /// The position of the last event, in the store that it was exported from.
    pub position: Position,
    /// How many events.
    pub events: u64,
    /// The digest of all of them, in their order. Positions are no part of it.
    pub chain: Fingerprint,
}

impl Default for Mark {
    /// Before the first event.
    fn default() -> Self {
        Self {
            position: Position::START,
            events: 0,
            chain: Fingerprint::of([]),
        }
    }
}

impl Mark {
    /// The last whole event of an export that was interrupted, and how many bytes there are up to its end: cut the rest off and
    /// [`export`](super::export) behind it.
    ///
    /// # Errors
    ///
    /// When the lines cannot be read, or one that is whole is not what it should be.
    pub fn of(lines: impl BufRead) -> Result<(Self, u64), MoveError> {
        let mut lines = Lines::new(lines);
        let mut end = (Self::default(), 0);
        loop {
            match lines.next() {
                Ok(Some(Line::Event(_))) => end = (lines.mark, lines.bytes),
                // Written again with the first event.
                Ok(Some(Line::Heading)) => {}
                Ok(None | Some(Line::Count)) | Err(MoveError::Incomplete { .. }) => return Ok(end),
                Err(error) => return Err(error),
            }
        }
    }

    /// The mark behind this event.
    pub(super) fn behind(self, moving: &Moving) -> Self {
        let event = &moving.event;
        let numbers = [
            event.version.to_le_bytes(),
            u64::from(event.schema_version).to_le_bytes(),
            event.recorded_at.as_micros().to_le_bytes(),
        ];
        let before = self.chain.to_bytes();
        let commit = moving.commit.map_or_else(Vec::new, |commit| {
            let fingerprint = commit.fingerprint.to_bytes();
            [*commit.id.as_bytes(), fingerprint].concat()
        });
        Self {
            position: event.position,
            events: self.events + 1,
            chain: Fingerprint::of([
                &before[..],
                event.stream.as_str().as_bytes(),
                &numbers.concat(),
                event.event_id.as_bytes(),
                event.name.as_bytes(),
                &event.payload,
                &event.metadata,
                &commit,
            ]),
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct Heading {
    pub(super) eventsource_log: u64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Count {
    pub(super) events: u64,
    pub(super) chain: String,
}

#[derive(Serialize, Deserialize)]
struct CommitLine {
    id: Uuid,
    fingerprint: String,
}

/// An event. Payload and metadata stand as the JSON that they are; what is none, or would break the line, as hexadecimal bytes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventLine<'a> {
    position: Position,
    stream: String,
    version: u64,
    event_id: Uuid,
    name: String,
    schema_version: u16,
    /// Microseconds since 1970, UTC.
    recorded_at: i64,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    payload: Option<&'a RawValue>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payload_bytes: Option<String>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a RawValue>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    metadata_bytes: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    commit: Option<CommitLine>,
    chain: String,
}

impl<'a> EventLine<'a> {
    /// The event, with the digest of all up to it.
    pub(super) fn of(moving: &'a Moving, chain: Fingerprint) -> Self {
        let event = &moving.event;
        let (payload, payload_bytes) = written(&event.payload);
        let (metadata, metadata_bytes) = written(&event.metadata);
        Self {
            position: event.position,
            stream: event.stream.as_str().to_owned(),
            version: event.version,
            event_id: event.event_id,
            name: event.name.as_ref().to_owned(),
            schema_version: event.schema_version,
            recorded_at: event.recorded_at.as_micros(),
            payload,
            payload_bytes,
            metadata,
            metadata_bytes,
            commit: moving.commit.map(|commit| CommitLine {
                id: commit.id,
                fingerprint: commit.fingerprint.to_string(),
            }),
            chain: chain.to_string(),
        }
    }

    /// The event; the error says what is wrong with it.
    fn read(self) -> Result<(Moving, String), String> {
        let commit = match self.commit {
            None => None,
            Some(commit) => Some(CommitKey {
                id: commit.id,
                fingerprint: fingerprint(&commit.fingerprint)
                    .ok_or("a fingerprint is 32 hexadecimal digits")?,
            }),
        };
        check_name("an event name", &self.name).map_err(|error| error.to_string())?;
        let event = RecordedEvent {
            position: self.position,
            index: 0,
            stream: StreamName::parse(&self.stream).map_err(|error| error.to_string())?,
            version: self.version,
            event_id: self.event_id,
            name: self.name.into(),
            schema_version: self.schema_version,
            recorded_at: Timestamp::from_micros(self.recorded_at),
            payload: read(self.payload, self.payload_bytes)?,
            metadata: read(self.metadata, self.metadata_bytes)?.into(),
        };
        Ok((Moving { event, commit }, self.chain))
    }
}

/// As JSON where the reader finds the same bytes, else in hexadecimal; nothing for nothing.
fn written(bytes: &[u8]) -> (Option<&RawValue>, Option<String>) {
    if bytes.is_empty() {
        return (None, None);
    }
    let json: Option<&RawValue> = serde_json::from_slice(bytes).ok();
    let same = |json: &&RawValue| {
        let text = json.get();
        // `null` would be read as nothing.
        text.as_bytes() == bytes && text != "null" && !text.contains(['\n', '\r'])
    };
    match json.filter(same) {
        Some(json) => (Some(json), None),
        None => (None, Some(hexadecimal(bytes))),
    }
}

fn read(json: Option<&RawValue>, bytes: Option<String>) -> Result<Vec<u8>, String> {
    match (json, bytes) {
        (None, None) => Ok(Vec::new()),
        (Some(json), None) => Ok(json.get().as_bytes().to_vec()),
        (None, Some(digits)) => {
            from_hexadecimal(&digits).ok_or_else(|| "bytes are pairs of hexadecimal digits".into())
        }
        (Some(_), Some(_)) => Err("a payload stands there twice".into()),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

fn from_hexadecimal(digits: &str) -> Option<Vec<u8>> {
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let pairs = digits.as_bytes().chunks_exact(2);
    pairs
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

fn fingerprint(digits: &str) -> Option<Fingerprint> {
    let bytes = from_hexadecimal(digits)?;
    Some(Fingerprint::from_bytes(bytes.try_into().ok()?))
}

/// A line, read and found to follow from those before it.
pub(super) enum Line {
    Heading,
    Event(Moving),
    /// All events were there.
    Count,
}

/// Reads lines, one after the other.
pub(super) struct Lines<R> {
    from: R,
    line: u64,
    buffer: Vec<u8>,
    /// Behind the last event.
    pub(super) mark: Mark,
    /// Up to the end of the last line.
    bytes: u64,
    done: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(from: R) -> Self {
        Self {
            from,
            line: 0,
            buffer: Vec::new(),
            mark: Mark::default(),
            bytes: 0,
            done: false,
        }
    }

    /// The next line; `None` behind the count.
    pub(super) fn next(&mut self) -> Result<Option<Line>, MoveError> {
        self.buffer.clear();
        let read = self.from.read_until(b'\n', &mut self.buffer);
        read.map_err(|source| MoveError::Io {
            doing: "reading lines",
            events: self.mark.events,
            source,
        })?;
        if self.done {
            return if self.buffer.is_empty() {
                Ok(None)
            } else {
                Err(self.wrong("nothing stands behind the count"))
            };
        }
        if self.buffer.last() != Some(&b'\n') {
            return Err(MoveError::Incomplete {
                events: self.mark.events,
            });
        }
        self.line += 1;
        let line = self.parse()?;
        self.bytes += self.buffer.len() as u64;
        Ok(Some(line))
    }

    fn parse(&mut self) -> Result<Line, MoveError> {
        if self.line == 1 {
            let heading: Heading = self.json()?;
            return match heading.eventsource_log {
                FORMAT => Ok(Line::Heading),
                found => Err(MoveError::Newer { found }),
            };
        }
        if self.buffer.starts_with(b"{\"events\":") {
            let count: Count = self.json()?;
            let chain = fingerprint(&count.chain);
            if count.events != self.mark.events || chain != Some(self.mark.chain) {
                return Err(MoveError::Broken { line: self.line });
            }
            self.done = true;
            return Ok(Line::Count);
        }
        let (moving, chain) = match self.json::<EventLine<'_>>()?.read() {
            Ok(read) => read,
            Err(what) => return Err(self.wrong(&what)),
        };
        let mark = self.mark.behind(&moving);
        if fingerprint(&chain) != Some(mark.chain) || mark.position < self.mark.position {
            return Err(MoveError::Broken { line: self.line });
        }
        self.mark = mark;
        Ok(Line::Event(moving))
    }

    /// serde's own words can hold what a payload holds.
    fn json<'b, T: Deserialize<'b>>(&'b self) -> Result<T, MoveError> {
        serde_json::from_slice(&self.buffer).map_err(|error| {
            self.wrong(match error.classify() {
                serde_json::error::Category::Data => {
                    "a field is missing, unknown, or no such value"
                }
                _ => "it is no JSON",
            })
        })
    }

    fn wrong(&self, what: &str) -> MoveError {
        MoveError::Line {
            line: self.line,
            what: what.to_owned(),
        }
    }
}
