//! The way of one commit.

use std::sync::Arc;

use bytes::Bytes;
use eventsource_core::Position;
use eventsource_core::store::{
    AppendError, Commit, CommitRecord, Committed, NewSnapshot, StoreError, StreamCommit,
};
use futures_util::future::try_join_all;
use tokio::time::{Duration, Instant};

use super::Shared;
use super::claim::Claimed;
use crate::claims::{Claim, Part, Standing};
use crate::message;
use crate::publish::{Expected, Outcome};
use crate::schema::Layout;
use crate::snapshots::At;
use crate::tails::Tail;
use crate::types::EventType;

/// What a message may have beside its body: subject, reply subject, headers.
const BESIDE: usize = 1024;

/// How many messages an atomic batch may have.
const MOST_STREAMS: usize = 1000;

/// The pause before a commit is published again, at first and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(250));

/// What is left to do behind the answer.
pub(super) struct Rest {
    snapshot: Option<(NewSnapshot, At)>,
    types: Vec<EventType>,
}

impl Rest {
    pub(super) fn is_done(&self) -> bool {
        self.snapshot.is_none() && self.types.is_empty()
    }
}

/// A commit, ready to be published.
struct Ready {
    claim: Claim,
    messages: Vec<(String, Bytes)>,
    /// The times of its events, which may be later than the commit's.
    times: Vec<eventsource_core::Timestamp>,
}

/// What publishing came to.
enum Published {
    /// Under this sequence, its first message's.
    Written(u64),
    /// It was there before, or the answer had been lost.
    Found(CommitRecord),
    /// Another commit stands there.
    Lost,
}

impl Shared {
    /// Appends a commit; what is left to do comes with the answer.
    pub(super) async fn append(
        self: &Arc<Self>,
        commit: Commit,
        layout: Layout,
    ) -> (Result<Committed, AppendError>, Option<Rest>) {
        match self.try_append(commit, layout).await {
            Ok((committed, rest)) => (Ok(committed), rest),
            Err(error) => (Err(error), None),
        }
    }

    async fn try_append(
        self: &Arc<Self>,
        mut commit: Commit,
        layout: Layout,
    ) -> Result<(Committed, Option<Rest>), AppendError> {
        let tails = self.ends(&commit).await?;
        if let Some(conflict) = conflict(&commit, &tails) {
            return Ok((self.found(&commit, conflict).await?, None));
        }
        let ready = ready(&self.server, &commit, &tails)?;
        self.check_sizes(&ready)?;
        let mut types = self.types.unknown(&commit);
        if !commit.new_id {
            match self.claim_commit(&ready.claim).await? {
                Claimed::ForThis => {}
                Claimed::Written(record) => return Ok((same(&commit, record)?, None)),
                Claimed::TooLate => return Ok((self.lost(&commit).await?, None)),
            }
        }
        if !types.is_empty() {
            let claim = ready.claim.encode(&self.server.place)?;
            let known = types.clone();
            self.server.claim_types(&mut types, &claim).await?;
            // What is claimed by now is known only when it is written.
            let claimed = &types;
            let there: Vec<_> = known
                .into_iter()
                .filter(|of| !claimed.contains(of))
                .collect();
            self.types.learn(&there);
        }
        match self.publish(&commit, &ready, layout).await? {
            Published::Written(first) => {
                let committed = ready.claim.committed(first);
                self.written(&ready, first);
                let snapshot = commit.snapshot.take().and_then(|snapshot| {
                    let mut streams = committed.streams.iter();
                    let part = streams.find(|part| part.stream == snapshot.stream)?;
                    let at = At {
                        position: part.position,
                        commit_id: commit.id,
                    };
                    Some((snapshot, at))
                });
                self.types.learn(&types);
                let rest = Rest { snapshot, types };
                Ok((committed, Some(rest)))
            }
            Published::Found(record) => Ok((same(&commit, record)?, None)),
            Published::Lost => Ok((self.lost(&commit).await?, None)),
        }
    }

    /// The answer of a commit whose place another one has: a conflict, unless it was written before, or elsewhere under the same id.
    async fn lost(&self, commit: &Commit) -> Result<Committed, AppendError> {
        let actual = self.ends_now(commit).await?;
        // One of its streams has moved on; that none has would mean that the log has lost what it had.
        let conflict = conflict(commit, &actual).unwrap_or_else(|| {
            let place = &self.server.place;
            place
                .corrupt("a stream ends before the place that it had ended at")
                .into()
        });
        self.found(commit, conflict).await
    }

    /// What can wait until the commit was answered.
    pub(super) async fn finish(&self, rest: Rest) {
        if let Some((snapshot, at)) = rest.snapshot {
            self.server.keep_snapshot(&snapshot, at).await;
        }
        self.server.confirm_types(&rest.types).await;
    }

    /// The ends of the commit's streams: as they are known, where that is what the commit expects, else as they are.
    async fn ends(&self, commit: &Commit) -> Result<Vec<Tail>, StoreError> {
        try_join_all(commit.streams.iter().map(|part| self.end(part))).await
    }

    async fn end(&self, part: &StreamCommit) -> Result<Tail, StoreError> {
        match self.tails.of(&part.stream) {
            Some(known) if known.version == part.expected_version => Ok(known),
            // The server compares, and nothing is written by mistake.
            None if part.expected_version == 0 => Ok(Tail::NONE),
            _ => self.end_now(&part.stream).await,
        }
    }

    async fn ends_now(&self, commit: &Commit) -> Result<Vec<Tail>, StoreError> {
        let streams = commit.streams.iter();
        try_join_all(streams.map(|part| self.end_now(&part.stream))).await
    }

    async fn end_now(&self, stream: &eventsource_core::StreamName) -> Result<Tail, StoreError> {
        let Some(last) = self.server.last_of(stream).await? else {
            return Ok(Tail::NONE);
        };
        let tail = Tail::at(&self.server, &last)?;
        self.tails.learn(stream, tail);
        Ok(tail)
    }

    /// The answer of this commit where it was written already, else the refusal.
    async fn found(&self, commit: &Commit, refusal: AppendError) -> Result<Committed, AppendError> {
        let found = if commit.new_id {
            self.in_its_place(commit).await?
        } else {
            self.by_id(commit.id).await?
        };
        match found {
            Some(record) => same(commit, record),
            None => Err(refusal),
        }
    }

    /// A commit that comes again under an id that nobody else has, comes to the same place: it stands there, or nowhere.
    async fn in_its_place(&self, commit: &Commit) -> Result<Option<CommitRecord>, StoreError> {
        let Some(part) = commit.streams.first() else {
            return Ok(None);
        };
        let version = part.expected_version.saturating_add(1);
        let Some(stored) = self.server.holding(&part.stream, version).await? else {
            return Ok(None);
        };
        if stored.message(&self.server.place)?.commit_id != commit.id {
            return Ok(None);
        }
        let alone = commit.streams.len() == 1;
        self.server.record(&stored, alone).await.map(Some)
    }

    fn check_sizes(&self, ready: &Ready) -> Result<(), StoreError> {
        let most = self.server.client.max_payload();
        for (part, (_, body)) in ready.claim.parts.iter().zip(&ready.messages) {
            if body.len().saturating_add(BESIDE) > most {
                let what = format!("commit {} to stream {}", ready.claim.commit_id, part.stream);
                return Err(self.server.place.too_large(&what, body.len(), most));
            }
        }
        if ready.messages.len() > MOST_STREAMS {
            return Err(self.server.place.error(
                eventsource_core::store::StoreErrorKind::TooLarge,
                format!(
                    "commit {} goes to {} streams, and an atomic batch has at most {MOST_STREAMS} messages: split it",
                    ready.claim.commit_id,
                    ready.messages.len()
                ),
            ));
        }
        Ok(())
    }

    /// Publishes until it is known what became of it, or the patience ends.
    async fn publish(
        self: &Arc<Self>,
        commit: &Commit,
        ready: &Ready,
        layout: Layout,
    ) -> Result<Published, AppendError> {
        let begun = Instant::now();
        let (mut pause, longest) = PAUSES;
        // Whether some earlier message may be on its way still.
        let mut may_be_written = false;
        loop {
            let outcome = self.publish_once(ready).await;
            let source = match outcome {
                Outcome::Written(first) => return Ok(Published::Written(first)),
                Outcome::Unknown(error) => {
                    may_be_written = true;
                    error
                }
                // Another copy may have kept what the leader could not, and may lead next.
                Outcome::NotKept(error) if layout.replicated => {
                    may_be_written = true;
                    error
                }
                Outcome::Failed(error) | Outcome::NotKept(error) if !may_be_written => {
                    return Err(error.into());
                }
                Outcome::Failed(error) | Outcome::NotKept(error) | Outcome::NotTaken(error) => {
                    error
                }
                Outcome::Refused => self.server.place.no_answer("appending"),
            };
            // A server that is away does not tell what stands there either, and its silence is no other than before.
            match self.server.standing(&ready.claim).await {
                Ok(Standing::Commit(record)) => return Ok(Published::Found(record)),
                Ok(Standing::Other) => return Ok(Published::Lost),
                Ok(Standing::Nothing) | Err(_) => {}
            }
            if begun.elapsed() + pause > self.server.patience {
                if !may_be_written {
                    return Err(source.into());
                }
                if commit.new_id {
                    self.remember(ready.claim.clone());
                }
                return Err(AppendError::Unknown {
                    commit_id: commit.id,
                    source,
                });
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(longest);
        }
    }

    async fn publish_once(&self, ready: &Ready) -> Outcome {
        let parts = ready.claim.parts.iter().zip(&ready.messages);
        if let ([part], [(subject, body)]) = (&ready.claim.parts[..], &ready.messages[..]) {
            let expected = Expected::Last(part.behind);
            return self
                .server
                .publish(subject.clone(), body.clone(), expected)
                .await;
        }
        let parts =
            parts.map(|(part, (subject, body))| (subject.clone(), part.behind, body.clone()));
        self.server.publish_batch(parts.collect()).await
    }

    /// Remembers where the streams end now, and wakes those who wait for the log to grow.
    fn written(&self, ready: &Ready, first: u64) {
        let parts = ready.claim.parts.iter().zip(&ready.times);
        let mut last = first;
        for (sequence, (part, recorded_at)) in (first..).zip(parts) {
            let tail = Tail {
                version: part.version,
                sequence,
                recorded_at: *recorded_at,
            };
            self.tails.learn(&part.stream, tail);
            last = sequence;
        }
        self.head.publish(Position::from_raw(last));
    }
}

/// The answer of the commit that is there, to one that comes under the same id.
fn same(commit: &Commit, record: CommitRecord) -> Result<Committed, AppendError> {
    if record.fingerprint != commit.fingerprint {
        return Err(AppendError::CommitIdReused {
            commit_id: commit.id,
        });
    }
    Ok(record.committed)
}

/// The first stream that is not at its expected version.
fn conflict(commit: &Commit, tails: &[Tail]) -> Option<AppendError> {
    let mut parts = commit.streams.iter().zip(tails);
    let (part, tail) = parts.find(|(part, tail)| part.expected_version != tail.version)?;
    Some(AppendError::Conflict {
        stream: part.stream.clone(),
        expected: part.expected_version,
        actual: tail.version,
    })
}

fn ready(
    server: &crate::connect::Server,
    commit: &Commit,
    tails: &[Tail],
) -> Result<Ready, StoreError> {
    let mut ready = Ready {
        claim: Claim {
            commit_id: commit.id,
            fingerprint: commit.fingerprint,
            parts: Vec::with_capacity(tails.len()),
        },
        messages: Vec::with_capacity(tails.len()),
        times: Vec::with_capacity(tails.len()),
    };
    for (part, tail) in commit.streams.iter().zip(tails) {
        let recorded_at = commit.recorded_at.max(tail.recorded_at);
        let body = message::encode(commit, part, recorded_at)
            .map_err(|_| server.place.corrupt("a commit cannot be written"))?;
        let events = part.events.len() as u64;
        ready.claim.parts.push(Part {
            stream: part.stream.clone(),
            behind: tail.sequence,
            version: part.expected_version.saturating_add(events),
            events,
        });
        let subject = server.subjects.events(&part.stream);
        ready.messages.push((subject, body.into()));
        ready.times.push(recorded_at);
    }
    Ok(ready)
}
