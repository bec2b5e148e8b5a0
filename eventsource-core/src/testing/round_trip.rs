//! A state that is folded twice: from the events as they are, and from what they are stored as.

use std::fmt::Debug;

use crate::Aggregate;
use crate::event::{Encode as _, EncodeError, Stored};

/// The stored form of an event, or why it has none.
pub(super) struct Encoded {
    pub(super) name: &'static str,
    pub(super) version: u16,
    pub(super) payload: Result<Vec<u8>, EncodeError>,
}

/// A state beside the one that was read back, and the first difference between them.
#[derive(Debug)]
pub(super) struct RoundTrip<A> {
    state: A,
    /// `None` behind a retired event: it cannot be encoded, so nothing of it can be read back.
    read_back: Option<A>,
    failure: Option<String>,
}

impl<A: Aggregate> Default for RoundTrip<A> {
    fn default() -> Self {
        Self {
            state: A::initial(),
            read_back: Some(A::initial()),
            failure: None,
        }
    }
}

impl<A: Aggregate + PartialEq + Debug> RoundTrip<A> {
    /// Applies an event that can be written, to both.
    pub(super) fn apply(&mut self, apply: impl FnOnce(&mut A), encoded: &Encoded) {
        apply(&mut self.state);
        if self.failure.is_none() {
            self.failure = self.read_back(encoded).err();
        }
    }

    /// Applies an event that can only be read.
    pub(super) fn apply_retired(&mut self, apply: impl FnOnce(&mut A)) {
        apply(&mut self.state);
        self.read_back = None;
    }

    /// The state.
    pub(super) fn state(&self) -> &A {
        &self.state
    }

    /// The first event that is not the same after it was encoded and decoded, in words.
    pub(super) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    fn read_back(&mut self, encoded: &Encoded) -> Result<(), String> {
        let name = encoded.name;
        let payload = encoded.payload.as_ref().map_err(ToString::to_string)?;
        let stored = Stored {
            name,
            version: encoded.version,
            payload,
        };
        let unreadable =
            |error| format!("event {name} was encoded and cannot be decoded again: {error}");
        if let Some(read_back) = &mut self.read_back {
            read_back.replay(&stored).map_err(unreadable)?;
            if *read_back == self.state {
                return Ok(());
            }
            return Err(format!(
                "event {name} is another one after it was encoded and decoded: its `Serialize` and `Deserialize` disagree\n  state after the event:       {:?}\n  state after the decoded one: {read_back:?}",
                self.state
            ));
        }
        let mut again = Vec::new();
        for event in A::recall(&stored).map_err(unreadable)?.iter().flatten() {
            let encoded = event.encode(&mut again);
            encoded.map_err(|error| error.to_string())?;
        }
        if again != *payload {
            return Err(format!(
                "event {name} is encoded differently after it was encoded and decoded: its `Serialize` and `Deserialize` disagree"
            ));
        }
        Ok(())
    }
}
