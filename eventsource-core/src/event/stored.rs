//! What is stored of an event, and what comes of reading it.

/// What of a stored event is needed to read it. Its `Debug` shows the payload's length, never the payload.
#[derive(Clone, Copy)]
pub struct Stored<'a> {
    /// The stored type name.
    pub name: &'a str,
    /// The schema version of the payload.
    pub version: u16,
    /// The payload.
    pub payload: &'a [u8],
}

impl std::fmt::Debug for Stored<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stored")
            .field("name", &self.name)
            .field("version", &self.version)
            .field("payload_bytes", &self.payload.len())
            .finish()
    }
}

impl<'a> From<&crate::store::Recorded<'a>> for Stored<'a> {
    fn from(event: &crate::store::Recorded<'a>) -> Self {
        Self {
            name: event.name,
            version: event.schema_version,
            payload: event.payload,
        }
    }
}

/// What came of reading a stored event as an event type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decoded<E> {
    /// The event.
    Event(E),
    /// It is declared to be read as nothing.
    Dropped,
    /// It is not of this type: its name is another.
    Foreign,
}
