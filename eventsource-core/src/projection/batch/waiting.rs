//! Events that wait for their rows to be fetched.

use std::ops::Range;

use uuid::Uuid;

use crate::store::{Recorded, Value};
use crate::{Position, Timestamp};

/// Events in the order of the log, with what their contexts need. Texts stand in two buffers that are used again, so that an event that
/// waits costs no allocation of its own.
pub(super) struct Waiting<I> {
    inputs: Vec<Input<I>>,
    origins: Vec<Origin>,
    texts: String,
    metadata: Vec<u8>,
}

/// An event, or a part of a split one, and the rows that it waits for.
pub(super) struct Input<I> {
    pub(super) event: I,
    /// Which part of a split event it is.
    pub(super) part: u32,
    pub(super) keys: Vec<Value>,
    origin: usize,
}

/// What is kept of a recorded event beside its payload.
struct Origin {
    position: Position,
    index: u32,
    stream: Range<usize>,
    version: u64,
    event_id: Uuid,
    name: Range<usize>,
    schema_version: u16,
    recorded_at: Timestamp,
    metadata: Range<usize>,
}

impl<I> Default for Waiting<I> {
    fn default() -> Self {
        Self {
            inputs: Vec::new(),
            origins: Vec::new(),
            texts: String::new(),
            metadata: Vec::new(),
        }
    }
}

impl<I> Waiting<I> {
    /// Adds an event, or a part of the one that was added last.
    pub(super) fn push(&mut self, event: I, part: u32, keys: Vec<Value>, recorded: &Recorded<'_>) {
        let same = self
            .origins
            .last()
            .is_some_and(|last| (last.position, last.index) == (recorded.position, recorded.index));
        if !same {
            let stream = append(&mut self.texts, recorded.stream);
            let name = append(&mut self.texts, recorded.name);
            let start = self.metadata.len();
            self.metadata.extend_from_slice(recorded.metadata);
            self.origins.push(Origin {
                position: recorded.position,
                index: recorded.index,
                stream,
                version: recorded.version,
                event_id: recorded.event_id,
                name,
                schema_version: recorded.schema_version,
                recorded_at: recorded.recorded_at,
                metadata: start..self.metadata.len(),
            });
        }
        self.inputs.push(Input {
            event,
            part,
            keys,
            origin: self.origins.len().saturating_sub(1),
        });
    }

    /// Each event with what was recorded of it; its payload is empty, since it has been read.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Input<I>, Recorded<'_>)> {
        self.inputs.iter().filter_map(|input| {
            let origin = self.origins.get(input.origin)?;
            Some((
                input,
                Recorded {
                    position: origin.position,
                    index: origin.index,
                    stream: self.texts.get(origin.stream.clone())?,
                    version: origin.version,
                    event_id: origin.event_id,
                    name: self.texts.get(origin.name.clone())?,
                    schema_version: origin.schema_version,
                    recorded_at: origin.recorded_at,
                    payload: &[],
                    metadata: self.metadata.get(origin.metadata.clone())?,
                },
            ))
        })
    }

    pub(super) fn clear(&mut self) {
        self.inputs.clear();
        self.origins.clear();
        self.texts.clear();
        self.metadata.clear();
    }
}

fn append(texts: &mut String, text: &str) -> Range<usize> {
    let start = texts.len();
    texts.push_str(text);
    start..texts.len()
}
