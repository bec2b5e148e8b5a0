//! Who, why and because of what: what is kept beside each event.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What is known of an event beside its payload: who caused it, why, and what it follows from.
///
/// ```
/// use eventsource_core::Metadata;
///
/// let metadata = Metadata::new().actor("ada@example.com").reason("spring sale").header("tenant", "7");
/// assert_eq!(metadata.actor.as_deref(), Some("ada@example.com"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Metadata {
    /// Who: a user, a service, a job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Why, in the actor's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The same for all that belongs to one piece of work, over all its streams. A W3C trace id fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<Uuid>,
    /// The event or message that led directly to this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<Uuid>,
    /// The command's own id, unique in the whole log: the same id again returns the first receipt and writes nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command_id: Option<Uuid>,
    /// Whatever else is to be kept, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
}

impl Metadata {
    /// Nothing known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets who did it.
    #[must_use]
    pub fn actor(mut self, actor: impl Into<String>) -> Self {
        self.actor = Some(actor.into());
        self
    }

    /// Sets why it was done.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Sets the id that all of one piece of work shares.
    #[must_use]
    pub fn correlation_id(mut self, id: Uuid) -> Self {
        self.correlation_id = Some(id);
        self
    }

    /// Sets the id of what led directly to this.
    #[must_use]
    pub fn causation_id(mut self, id: Uuid) -> Self {
        self.causation_id = Some(id);
        self
    }

    /// Sets the command's own id, by which a repetition is known.
    #[must_use]
    pub fn command_id(mut self, id: Uuid) -> Self {
        self.command_id = Some(id);
        self
    }

    /// Adds a header; one of the same name is replaced.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// The stored form: JSON, or nothing at all where nothing is known.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        if *self == Self::default() {
            return Vec::new();
        }
        // Strings, UUIDs and a map of strings always have a JSON form.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads the stored form.
    ///
    /// # Errors
    ///
    /// When the bytes are not what [`encode`](Self::encode) writes.
    pub fn decode(stored: &[u8]) -> Result<Self, MetadataError> {
        if stored.is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_slice(stored).map_err(|_| MetadataError)
    }
}

/// Stored metadata is not what this program writes. It says no more, since metadata may name people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the stored metadata is not a JSON object of actor, reason, correlation_id, causation_id, command_id and headers"
)]
pub struct MetadataError;
