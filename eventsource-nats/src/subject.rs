//! The subjects of a log: where names and ids from users become tokens.
//!
//! In a token, letters, digits, `_` and `-` of ASCII stand for themselves, and every other byte is `=` and two hexadecimal digits. So no `.`, `*`,
//! `>` or white space of a user's can mean anything to the server, different names have different tokens, and a token is a valid key of a bucket.

use std::fmt::Write as _;

use eventsource_core::StreamName;
use eventsource_core::store::Fingerprint;
use uuid::Uuid;

/// The names of a log's streams and subjects.
#[derive(Debug, Clone)]
pub(crate) struct Subjects {
    log: String,
}

impl Subjects {
    pub(crate) fn new(log: &str) -> Self {
        Self {
            log: log.to_owned(),
        }
    }

    /// The stream of the events.
    pub(crate) fn log(&self) -> &str {
        &self.log
    }

    /// The stream of the claims: ids of commits, and types of events.
    pub(crate) fn claims(&self) -> String {
        format!("{}-claims", self.log)
    }

    /// The bucket of the snapshots.
    pub(crate) fn snapshots(&self) -> String {
        format!("{}-snapshots", self.log)
    }

    /// The subjects of all events.
    pub(crate) fn all_events(&self) -> String {
        format!("{}.events.>", self.log)
    }

    /// The subjects of all claims.
    pub(crate) fn all_claims(&self) -> String {
        format!("{}.claims.>", self.log)
    }

    /// The subject of one stream's events.
    pub(crate) fn events(&self, stream: &StreamName) -> String {
        let mut subject = format!("{}.events.", self.log);
        push_stream(&mut subject, stream);
        subject
    }

    /// The subject of one commit's claims.
    pub(crate) fn commit(&self, id: Uuid) -> String {
        format!("{}.claims.commit.{}", self.log, id.simple())
    }

    /// The subjects of the claims of all types.
    pub(crate) fn types(&self) -> String {
        format!("{}.claims.type.>", self.log)
    }

    /// The subject of the claims of a type: an event's name and schema version.
    pub(crate) fn event_type(&self, name: &str, version: u16) -> String {
        let mut subject = format!("{}.claims.type.", self.log);
        push_token(&mut subject, name);
        // Writing to a string cannot fail.
        let _ = write!(subject, ".{version}");
        subject
    }
}

/// The key of a stream's snapshot of this schema.
pub(crate) fn snapshot_key(stream: &StreamName, schema: Fingerprint) -> String {
    let mut key = format!("{schema}.");
    push_stream(&mut key, stream);
    key
}

fn push_stream(to: &mut String, stream: &StreamName) {
    push_token(to, stream.category());
    to.push('.');
    push_token(to, stream.id());
}

fn push_token(to: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' {
            to.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(to, "={byte:02X}");
        }
    }
}

/// The event's name and schema version of a type's subject.
pub(crate) fn type_of(subject: &str) -> Option<(String, u16)> {
    let (before, version) = subject.rsplit_once('.')?;
    let (_, name) = before.rsplit_once('.')?;
    Some((meant(name)?, version.parse().ok()?))
}

/// What a token stands for.
fn meant(token: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(token.len());
    let mut rest = token.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let (byte, after) = match first {
            b'=' => {
                let (digits, after) = after.split_at_checked(2)?;
                let digits = std::str::from_utf8(digits).ok()?;
                (u8::from_str_radix(digits, 16).ok()?, after)
            }
            byte => (byte, after),
        };
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn token(text: &str) -> String {
        let mut token = String::new();
        push_token(&mut token, text);
        token
    }

    proptest! {
        #[test]
        fn any_text_is_one_token_of_its_own(text in "\\PC{1,40}|[ -~]{1,40}") {
            let token = token(&text);
            prop_assert!(!token.is_empty());
            prop_assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-=".contains(&byte)));
            prop_assert_eq!(meant(&token), Some(text));
        }
    }

    #[test]
    fn a_streams_subject_has_a_token_for_its_category_and_one_for_its_id() {
        let subjects = Subjects::new("bank");
        let stream = StreamName::new("bank.account", "a.*.> é").unwrap();
        assert_eq!(
            subjects.events(&stream),
            "bank.events.bank=2Eaccount.a=2E=2A=2E=3E=20=C3=A9"
        );
    }
}
