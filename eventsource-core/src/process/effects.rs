//! What a reaction leads to, besides a changed instance.

mod tests;

use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

use super::{Sending, SentBy};
use crate::registry::ProjectionDescriptor;
use crate::store::{Fingerprint, OutboxEntry, Recorded, Value};
use crate::{Metadata, Position, Timestamp};

/// What the reactions of one instance to one event lead to.
#[derive(Debug)]
pub(crate) struct Effects {
    process: &'static ProjectionDescriptor,
    /// What the ids are made from: the event that is reacted to, or the rejected command.
    cause: Uuid,
    /// Which part of a split event.
    part: u32,
    instance: Value,
    /// The stored form of what the commands follow from, made for the first of them: most reactions send nothing.
    origin: Option<Vec<u8>>,
    /// How many commands of each name were sent.
    counts: Vec<(&'static str, u32)>,
    pub(crate) sends: Vec<OutboxEntry>,
    pub(crate) cancels: Vec<Uuid>,
    /// A command that has no stored form.
    pub(crate) unsendable: Option<&'static str>,
}

impl Effects {
    pub(crate) fn new(
        process: &'static ProjectionDescriptor,
        cause: Uuid,
        part: u32,
        instance: Value,
    ) -> Self {
        Self {
            process,
            cause,
            part,
            instance,
            origin: None,
            counts: Vec::new(),
            sends: Vec::new(),
            cancels: Vec::new(),
            unsendable: None,
        }
    }

    /// Sends a command in reaction to this event.
    pub(super) fn send<P, C: SentBy<P>>(
        &mut self,
        event: &Recorded<'_>,
        command: C,
        due: Timestamp,
    ) -> Uuid {
        let Sending { sent, content } = &C::SENDING;
        let descriptor = sent.command;
        let id = self.next_id(descriptor.name.unwrap_or(descriptor.rust_name));
        match (descriptor.name, content(command)) {
            (Some(name), Some(payload)) => {
                let version = self.process.version;
                let origin = self
                    .origin
                    .get_or_insert_with(|| Origin::of(event, version).encode());
                self.sends.push(OutboxEntry::new(
                    id,
                    self.instance.clone(),
                    name,
                    descriptor.version,
                    payload,
                    due,
                    origin.clone(),
                ));
            }
            _ => self.unsendable = Some(descriptor.rust_name),
        }
        id
    }

    pub(super) fn cancel(&mut self, id: Uuid) {
        self.cancels.push(id);
    }

    /// The same process, event, part, instance, command and number among the reaction's commands of that name give the same id, in every run
    /// and in every version of the process: a version that sends one command more has the same ids for the others.
    fn next_id(&mut self, command: &'static str) -> Uuid {
        let known = self.counts.iter_mut().find(|(name, _)| *name == command);
        let count = if let Some((_, count)) = known {
            *count = count.saturating_add(1);
            *count
        } else {
            self.counts.push((command, 0));
            0
        };
        let fingerprint = Fingerprint::of([
            self.process.name.as_bytes(),
            self.cause.as_bytes(),
            &self.part.to_le_bytes(),
            &bytes(&self.instance),
            command.as_bytes(),
            &count.to_le_bytes(),
        ]);
        Builder::from_custom_bytes(fingerprint.to_bytes()).into_uuid()
    }
}

/// A key's bytes, with its type before them.
fn bytes(key: &Value) -> Vec<u8> {
    let (tag, content): (u8, Vec<u8>) = match key {
        Value::Null => (0, Vec::new()),
        Value::Integer(value) => (1, value.to_le_bytes().to_vec()),
        Value::Real(value) => (2, value.to_bits().to_le_bytes().to_vec()),
        Value::Boolean(value) => (3, vec![u8::from(*value)]),
        Value::Text(value) => (4, value.as_bytes().to_vec()),
        Value::Bytes(value) => (5, value.clone()),
        Value::Timestamp(value) => (6, value.as_micros().to_le_bytes().to_vec()),
        Value::Uuid(value) => (7, value.as_bytes().to_vec()),
        Value::Json(value) => (8, value.as_bytes().to_vec()),
    };
    let mut bytes = vec![tag];
    bytes.extend(content);
    bytes
}

/// What is kept, beside a command, of the event that it follows from. A rejection is reacted to as if it stood there.
#[derive(Serialize, Deserialize)]
pub(crate) struct Origin {
    position: u64,
    index: u32,
    stream: String,
    version: u64,
    event_id: Uuid,
    name: String,
    schema_version: u16,
    recorded_at: i64,
    /// The stored form of the event's metadata: JSON.
    metadata: String,
    /// The version of the process manager that sent it.
    process_version: u32,
}

impl Origin {
    fn of(event: &Recorded<'_>, process_version: u32) -> Self {
        Self {
            position: event.position.as_raw(),
            index: event.index,
            stream: event.stream.to_owned(),
            version: event.version,
            event_id: event.event_id,
            name: event.name.to_owned(),
            schema_version: event.schema_version,
            recorded_at: event.recorded_at.as_micros(),
            metadata: String::from_utf8_lossy(event.metadata).into_owned(),
            process_version,
        }
    }

    /// The version of the process manager that sent it.
    pub(crate) fn process_version(&self) -> u32 {
        self.process_version
    }

    fn encode(&self) -> Vec<u8> {
        // Numbers, UUIDs and strings always have a JSON form.
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub(crate) fn decode(stored: &[u8]) -> Option<Self> {
        serde_json::from_slice(stored).ok()
    }

    /// The event, without its payload.
    pub(crate) fn recorded(&self) -> Recorded<'_> {
        Recorded {
            position: Position::from_raw(self.position),
            index: self.index,
            stream: &self.stream,
            version: self.version,
            event_id: self.event_id,
            name: &self.name,
            schema_version: self.schema_version,
            recorded_at: Timestamp::from_micros(self.recorded_at),
            payload: &[],
            metadata: self.metadata.as_bytes(),
        }
    }

    /// What the command is carried out with: the event is its cause, and what the event belongs to it belongs to too. An event that belongs to
    /// nothing begins a correlation of its own.
    pub(crate) fn metadata(&self, command_id: Uuid) -> Metadata {
        let of_event = Metadata::decode(self.metadata.as_bytes()).unwrap_or_default();
        Metadata::new()
            .command_id(command_id)
            .causation_id(self.event_id)
            .correlation_id(of_event.correlation_id.unwrap_or(self.event_id))
    }
}
