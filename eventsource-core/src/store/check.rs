//! The rules that a commit keeps in every store, whatever the store holds.

use std::collections::HashSet;

use uuid::Uuid;

use super::{Commit, StreamCommit};
use crate::StreamName;

/// Which rule a commit breaks, and what to do. A store makes it a [`StoreErrorKind::Invalid`](super::StoreErrorKind::Invalid).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCommit {
    /// It has no streams, and so no events.
    #[error("commit {commit_id} has no events: append at least one")]
    NoStreams {
        /// The commit's id.
        commit_id: Uuid,
    },
    /// It names a stream that gets no events.
    #[error(
        "commit {commit_id} names stream {stream} and has no events for it: append at least one, or leave the stream out"
    )]
    NoEvents {
        /// The commit's id.
        commit_id: Uuid,
        /// The stream.
        stream: StreamName,
    },
    /// It names a stream more than once.
    #[error("commit {commit_id} names stream {stream} twice: put its events together")]
    StreamTwice {
        /// The commit's id.
        commit_id: Uuid,
        /// The stream.
        stream: StreamName,
    },
    /// Its snapshot is of another stream, or of another version than the stream has after the commit.
    #[error(
        "commit {commit_id} has a snapshot of stream {stream} at version {version}: it must be of a stream of the commit, at the version after it"
    )]
    Snapshot {
        /// The commit's id.
        commit_id: Uuid,
        /// The snapshot's stream.
        stream: StreamName,
        /// The snapshot's version.
        version: u64,
    },
}

impl Commit {
    /// For stores: whether the commit keeps the rules of every store. It is asked before anything is read or written.
    ///
    /// # Errors
    ///
    /// The first rule that it breaks: it names at least one stream, each once and with at least one event, and a snapshot is the state after it.
    pub fn check(&self) -> Result<(), InvalidCommit> {
        let commit_id = self.id;
        if self.streams.is_empty() {
            return Err(InvalidCommit::NoStreams { commit_id });
        }
        let mut named = HashSet::new();
        for part in &self.streams {
            let stream = || part.stream.clone();
            if part.events.is_empty() {
                return Err(InvalidCommit::NoEvents {
                    commit_id,
                    stream: stream(),
                });
            }
            // Most commits have one stream, and need no set.
            if self.streams.len() > 1 && !named.insert(&part.stream) {
                return Err(InvalidCommit::StreamTwice {
                    commit_id,
                    stream: stream(),
                });
            }
        }
        match &self.snapshot {
            Some(snapshot)
                if !self.streams.iter().any(|part| {
                    part.stream == snapshot.stream && after(part) == snapshot.version
                }) =>
            {
                Err(InvalidCommit::Snapshot {
                    commit_id,
                    stream: snapshot.stream.clone(),
                    version: snapshot.version,
                })
            }
            _ => Ok(()),
        }
    }
}

/// The stream's version after the commit.
fn after(part: &StreamCommit) -> u64 {
    part.expected_version
        .saturating_add(part.events.len() as u64)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::Timestamp;
    use crate::store::{Fingerprint, NewEvent, NewSnapshot};

    fn part(stream: &str, expected_version: u64, events: usize) -> StreamCommit {
        let event = NewEvent {
            id: Uuid::nil(),
            name: "counted",
            schema_version: 1,
            payload: b"{}".to_vec(),
            metadata: Arc::default(),
        };
        StreamCommit {
            stream: StreamName::parse(stream).expect("the name of a stream"),
            expected_version,
            events: vec![event; events],
        }
    }

    fn commit(parts: Vec<StreamCommit>) -> Commit {
        Commit::new(Uuid::nil(), Timestamp::from_micros(0), parts)
    }

    fn with_snapshot(parts: Vec<StreamCommit>, stream: &str, version: u64) -> Commit {
        commit(parts).snapshot(Some(NewSnapshot {
            stream: StreamName::parse(stream).expect("the name of a stream"),
            version,
            fingerprint: Fingerprint::of([]),
            state: b"{}".to_vec(),
        }))
    }

    #[test]
    fn a_commit_with_events_for_each_of_its_streams_is_taken() {
        let parts = vec![part("a-1", 0, 1), part("a-2", 7, 3)];
        assert_eq!(commit(parts.clone()).check(), Ok(()));
        for (stream, version) in [("a-1", 1), ("a-2", 10)] {
            let commit = with_snapshot(parts.clone(), stream, version);
            assert_eq!(commit.check(), Ok(()), "{stream} at {version}");
        }
    }

    #[test]
    fn a_broken_rule_is_told_with_the_stream() {
        let one = || vec![part("a-1", 4, 2)];
        for (commit, told) in [
            (commit(vec![]), "has no events"),
            (
                commit(vec![part("a-1", 0, 0)]),
                "stream a-1 and has no events",
            ),
            (
                commit(vec![part("a-1", 0, 1), part("a-2", 0, 0)]),
                "stream a-2 and has no events",
            ),
            (
                commit(vec![
                    part("a-1", 0, 1),
                    part("a-2", 0, 1),
                    part("a-1", 1, 1),
                ]),
                "names stream a-1 twice",
            ),
            (with_snapshot(one(), "a-1", 5), "stream a-1 at version 5"),
            (with_snapshot(one(), "a-2", 6), "stream a-2 at version 6"),
        ] {
            let error = commit.check().expect_err(told).to_string();
            assert!(error.contains(told), "{error}");
        }
    }
}
