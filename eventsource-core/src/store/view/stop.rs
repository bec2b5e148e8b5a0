//! That a read model does not go on, for those who do not feed it.

use serde::{Deserialize, Serialize};

use crate::{Position, Timestamp};

/// Why a read model does not go on, as the program that feeds it has put it on record. It holds no payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Stop {
    /// Where the event stands that it cannot pass; `None` where something else is in its way.
    pub position: Option<Position>,
    /// That event's name.
    pub event: Option<String>,
    /// What is in its way, in words.
    pub cause: String,
    /// When that was found first, by the clock of the machine that feeds it.
    pub since: Timestamp,
    /// Where the log ended, if that was before the rows' checkpoint: they are of another log, or of what it has lost, and so they stay, however far
    /// the log grows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_end: Option<Position>,
}

impl Stop {
    /// A stop for this cause.
    pub fn new(cause: impl Into<String>, since: Timestamp) -> Self {
        Self {
            position: None,
            event: None,
            cause: cause.into(),
            since,
            log_end: None,
        }
    }

    /// Names the event that it cannot pass.
    #[must_use]
    pub fn at(mut self, position: Position, event: impl Into<String>) -> Self {
        self.position = Some(position);
        self.event = Some(event.into());
        self
    }

    /// Says where the log ended, before the rows' checkpoint.
    #[must_use]
    pub fn behind_log_end(mut self, log_end: Position) -> Self {
        self.log_end = Some(log_end);
        self
    }

    /// Whether it is the same stop, found again.
    pub(crate) fn is_found_again(&self, other: &Self) -> bool {
        (self.position, &self.event, &self.cause) == (other.position, &other.event, &other.cause)
    }

    /// For stores: as one text, in JSON.
    #[must_use]
    pub fn encode(&self) -> String {
        // Text, numbers and nothing else: it cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// For stores: what was encoded. A text that is none of these is taken for the cause.
    #[must_use]
    pub fn decode(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|_| Self::new(text, Timestamp::default()))
    }
}
