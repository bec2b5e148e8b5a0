//! Claims: how a commit is found by its id, and which types of events there are.
//!
//! A commit's id and the types of its events cannot stand in the message of its events: the server compares one thing a message, and that is the
//! stream's end. So a claim is published before, to a subject of the commit's id, and says where in the log the commit is about to stand: behind which
//! sequence of which stream. A claim proves nothing. Whoever finds one looks at that place, where the commit stands or does not:
//!
//! - another message stands there: the commit lost, and can never stand there, since the server compares the stream's end;
//! - nothing stands there: whoever made the claim has stopped in between, or is about to publish. The same commit may be published to the same place by
//!   any number of programs: the server takes one.
//!
//! The first claim of an id expects that there is none, and a later one expects the one that it replaces, so no id is claimed for two places at once.

use bytes::Bytes;
use eventsource_core::store::{CommitRecord, Committed, Fingerprint, StoreError, StreamCommitted};
use eventsource_core::{Position, StreamName};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;
use uuid::Uuid;

use crate::connect::Server;
use crate::error::Place;
use crate::fetch::{Get, Stored};

/// The layout that this release writes.
const LAYOUT: u8 = 1;

/// Where a commit is about to stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) commit_id: Uuid,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) parts: Vec<Part>,
}

/// The part of a commit that goes to one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) stream: StreamName,
    /// The sequence of the stream's last message before.
    pub(crate) behind: u64,
    /// The stream's version after it.
    pub(crate) version: u64,
    pub(crate) events: u64,
}

/// A claim as it is stored: layout, commit, fingerprint, parts.
#[derive(Serialize, Deserialize)]
struct Written(
    u8,
    ByteArray<16>,
    ByteArray<16>,
    Vec<(String, u64, u64, u64)>,
);

impl Claim {
    pub(crate) fn encode(&self, place: &Place) -> Result<Bytes, StoreError> {
        let parts = self.parts.iter();
        let parts = parts.map(|part| {
            let stream = part.stream.as_str().to_owned();
            (stream, part.behind, part.version, part.events)
        });
        let written = Written(
            LAYOUT,
            ByteArray::new(*self.commit_id.as_bytes()),
            ByteArray::new(self.fingerprint.to_bytes()),
            parts.collect(),
        );
        let encoded = rmp_serde::to_vec(&written);
        encoded
            .map(Bytes::from)
            .map_err(|_| place.corrupt("a claim cannot be written"))
    }

    pub(crate) fn decode(place: &Place, bytes: &[u8]) -> Result<Self, StoreError> {
        let unreadable = || place.corrupt("a claim cannot be read");
        let Written(layout, commit_id, fingerprint, parts) =
            rmp_serde::from_slice(bytes).map_err(|_| unreadable())?;
        if layout != LAYOUT || parts.is_empty() {
            return Err(unreadable());
        }
        let parts = parts.into_iter().map(|(stream, behind, version, events)| {
            Ok(Part {
                stream: StreamName::parse(&stream).map_err(|_| unreadable())?,
                behind,
                version,
                events,
            })
        });
        Ok(Self {
            commit_id: Uuid::from_bytes(commit_id.into_array()),
            fingerprint: Fingerprint::from_bytes(fingerprint.into_array()),
            parts: parts.collect::<Result<_, StoreError>>()?,
        })
    }

    /// What this commit is answered, once its first message stands at this sequence: an atomic batch has one after another.
    pub(crate) fn committed(&self, first: u64) -> Committed {
        let streams = (first..)
            .zip(&self.parts)
            .map(|(sequence, part)| StreamCommitted {
                stream: part.stream.clone(),
                version: part.version,
                position: Position::from_raw(sequence),
                events: part.events,
            });
        Committed {
            streams: streams.collect(),
        }
    }
}

/// What stands where a claim says.
#[derive(Debug)]
pub(crate) enum Standing {
    /// The commit.
    Commit(CommitRecord),
    /// Another one, for ever.
    Other,
    /// Nothing so far.
    Nothing,
}

impl Server {
    /// Looks at the place that a claim names.
    pub(crate) async fn standing(&self, claim: &Claim) -> Result<Standing, StoreError> {
        let Some(first) = claim.parts.first() else {
            return Err(self.place.corrupt("a claim names no stream"));
        };
        let subject = self.subjects.events(&first.stream);
        let get = Get::next(&subject, first.behind.saturating_add(1));
        let Some(stored) = self.get(self.subjects.log(), get).await? else {
            return Ok(Standing::Nothing);
        };
        let message = stored.message(&self.place)?;
        if message.commit_id != claim.commit_id {
            return Ok(Standing::Other);
        }
        // The claim may be of another content than what stands there: two programs may have claimed one id for one place.
        let alone = claim.parts.len() == 1 && message.fingerprint == claim.fingerprint;
        Ok(Standing::Commit(self.record(&stored, alone).await?))
    }

    /// What the commit was answered whose first message this is, by what stands in the log; `alone`: it has no other.
    pub(crate) async fn record(
        &self,
        first: &Stored,
        alone: bool,
    ) -> Result<CommitRecord, StoreError> {
        let message = first.message(&self.place)?;
        let (commit_id, fingerprint) = (message.commit_id, message.fingerprint);
        let mut streams = vec![self.part(first)?];
        let mut before = first.sequence;
        let all = self.subjects.all_events();
        let mut over = alone;
        // The messages of an atomic batch stand one after another.
        while !over {
            let get = Get::next(&all, before.saturating_add(1));
            let Some(next) = self.get(self.subjects.log(), get).await? else {
                break;
            };
            over = next.message(&self.place)?.commit_id != commit_id;
            if !over {
                streams.push(self.part(&next)?);
                before = next.sequence;
            }
        }
        Ok(CommitRecord {
            fingerprint,
            committed: Committed { streams },
        })
    }

    /// What a commit did to the stream of this message.
    fn part(&self, stored: &Stored) -> Result<StreamCommitted, StoreError> {
        let message = stored.message(&self.place)?;
        let stream = StreamName::parse(message.stream).map_err(|_| {
            let what = format!("message {} names no stream", stored.sequence);
            self.place.corrupt(&what)
        })?;
        Ok(StreamCommitted {
            stream,
            version: message.last_version(),
            position: stored.position(),
            events: message.events,
        })
    }

    /// The last claim of a commit's id, and its sequence.
    pub(crate) async fn last_claim(&self, id: Uuid) -> Result<Option<(u64, Claim)>, StoreError> {
        let subject = self.subjects.commit(id);
        let stored = self
            .get(&self.subjects.claims(), Get::last(&subject))
            .await?;
        stored
            .map(|stored| Ok((stored.sequence, Claim::decode(&self.place, &stored.body)?)))
            .transpose()
    }

    /// What the commit of this id did, by its claim.
    pub(crate) async fn claimed(&self, id: Uuid) -> Result<Option<CommitRecord>, StoreError> {
        let Some((_, claim)) = self.last_claim(id).await? else {
            return Ok(None);
        };
        match self.standing(&claim).await? {
            Standing::Commit(record) => Ok(Some(record)),
            Standing::Other | Standing::Nothing => Ok(None),
        }
    }
}
