//! Snapshots: the newest state of a stream and schema, in a bucket.
//!
//! They are written behind the answer to their commit, and one that is lost is made anew by a later commit. So a bucket that cannot be written to is
//! traced and does not fail the commit.
//!
//! The bucket may be newer than the log: a log that was restored from a backup, or whose end went with the power, lacks what a snapshot was taken of, and
//! may have something else in its place. So a snapshot names the commit that it was taken after, and is shown where that commit stands.

use eventsource_core::store::{Fingerprint, NewSnapshot, StoreError};
use eventsource_core::{Position, StreamName};
use serde::Serialize;
use serde_bytes::{ByteArray, ByteBuf, Bytes};
use uuid::Uuid;

use crate::connect::Server;
use crate::error::{Failed, Place};
use crate::fetch::{Get, Stored};
use crate::publish::{Expected, Outcome};
use crate::subject::snapshot_key;

/// What the message may have beside the state.
const HEADERS: usize = 1024;

/// A kept state: the version and position that it reaches to, the commit that stands there, and itself.
#[derive(Serialize)]
struct Written<'a>(u64, u64, ByteArray<16>, &'a Bytes);

/// A kept state.
pub(crate) struct Snapshot {
    pub(crate) version: u64,
    pub(crate) position: Position,
    pub(crate) state: Vec<u8>,
    commit_id: Uuid,
}

/// Where the state stands that is to be kept: at the end of this commit's message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At {
    pub(crate) position: Position,
    pub(crate) commit_id: Uuid,
}

impl Server {
    /// The newest snapshot of a stream and schema.
    pub(crate) async fn snapshot(
        &self,
        stream: &StreamName,
        schema: Fingerprint,
    ) -> Result<Option<Snapshot>, StoreError> {
        let subject = self.snapshot_subject(stream, schema);
        let last = self.last_snapshot(&subject).await?;
        Ok(last.and_then(|(_, snapshot)| snapshot))
    }

    /// Keeps a snapshot of the state after this commit, unless there is a newer one.
    pub(crate) async fn keep_snapshot(&self, snapshot: &NewSnapshot, at: At) {
        if let Err(error) = self.try_to_keep(snapshot, at).await {
            tracing::warn!(
                stream = snapshot.stream.as_str(),
                version = snapshot.version,
                %error,
                "a snapshot was not kept"
            );
        }
    }

    async fn try_to_keep(&self, snapshot: &NewSnapshot, at: At) -> Result<(), StoreError> {
        let doing = "keeping a snapshot";
        let state = Bytes::new(&snapshot.state);
        let commit_id = ByteArray::new(*at.commit_id.as_bytes());
        let written = Written(snapshot.version, at.position.as_raw(), commit_id, state);
        let body: bytes::Bytes = rmp_serde::to_vec(&written)
            .map_err(|_| self.place.corrupt("a snapshot cannot be written"))?
            .into();
        let most = self.client.max_payload();
        if body.len() + HEADERS > most {
            let what = format!("the snapshot of stream {}", snapshot.stream);
            return Err(self.place.too_large(&what, body.len(), most));
        }
        let subject = self.snapshot_subject(&snapshot.stream, snapshot.fingerprint);
        self.patiently(doing, || async {
            let last = self.last_snapshot(&subject).await?;
            let behind = match last {
                Some((_, Some(kept))) if kept.version >= snapshot.version => return Ok(()),
                Some((sequence, _)) => sequence,
                None => 0,
            };
            let expected = Expected::Last(behind);
            match self.publish(subject.clone(), body.clone(), expected).await {
                Outcome::Written(_) => Ok(()),
                Outcome::Failed(error) | Outcome::NotKept(error) => Err(Failed::For(error)),
                Outcome::NotTaken(error) | Outcome::Unknown(error) => Err(Failed::Away(error)),
                // Another program keeps one at this moment, which may be older.
                Outcome::Refused => Err(Failed::Away(self.place.no_answer(doing))),
            }
        })
        .await
    }

    fn snapshot_subject(&self, stream: &StreamName, schema: Fingerprint) -> String {
        let bucket = self.subjects.snapshots();
        format!("$KV.{bucket}.{}", snapshot_key(stream, schema))
    }

    /// The last message of a key, by its sequence; one that somebody has deleted or changed is as one that was lost.
    async fn last_snapshot(
        &self,
        subject: &str,
    ) -> Result<Option<(u64, Option<Snapshot>)>, StoreError> {
        let stream = format!("KV_{}", self.subjects.snapshots());
        let stored = self.get(&stream, Get::last(subject)).await?;
        Ok(stored.map(|stored| (stored.sequence, Snapshot::read(&stored.body))))
    }
}

impl Snapshot {
    fn read(bytes: &[u8]) -> Option<Self> {
        let read: Result<(u64, u64, ByteArray<16>, ByteBuf), _> = rmp_serde::from_slice(bytes);
        let (version, position, commit_id, state) = read.ok()?;
        Some(Self {
            version,
            position: Position::from_raw(position),
            state: state.into_vec(),
            commit_id: Uuid::from_bytes(commit_id.into_array()),
        })
    }

    /// Whether this message is the one that the state reaches to.
    pub(crate) fn is_of(&self, stored: &Stored, place: &Place) -> Result<bool, StoreError> {
        let message = stored.message(place)?;
        Ok(stored.position() == self.position
            && message.commit_id == self.commit_id
            && message.last_version() == self.version)
    }
}
