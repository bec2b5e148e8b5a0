//! Defects of the append.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use eventsource_core::store::{
    AppendError, Commit, CommitRecord, Committed, EventStore, ReadStream, RecordedEvent,
    StoreError, StoreErrorKind, StreamCommitted,
};
use eventsource_core::{MemoryStore, StreamName};
use uuid::Uuid;

use crate::defect::Defect;

async fn version(inner: &MemoryStore, stream: &StreamName) -> u64 {
    let all = ReadStream::new(stream.clone());
    let events: Vec<RecordedEvent> = inner.read_stream(all, Vec::new()).await.unwrap();
    events.len() as u64
}

/// Appends whatever the streams' versions are.
async fn append_at_any_version(
    inner: &MemoryStore,
    mut commit: Commit,
) -> Result<Committed, AppendError> {
    loop {
        for part in &mut commit.streams {
            part.expected_version = version(inner, &part.stream).await;
        }
        match inner.append(commit.clone()).await {
            Err(AppendError::Conflict { .. }) => {}
            answer => return answer,
        }
    }
}

/// Knows the ids of its last ten commits alone, as a message broker with a window does.
#[derive(Default)]
pub struct ForgetfulDedup {
    /// The id of each commit, and the one that it is kept under.
    window: Mutex<VecDeque<(Uuid, Uuid)>>,
}

impl ForgetfulDedup {
    fn kept_as(&self, id: Uuid) -> Option<Uuid> {
        let window = self.window.lock().unwrap();
        window
            .iter()
            .find(|known| known.0 == id)
            .map(|known| known.1)
    }
}

impl Defect for ForgetfulDedup {
    async fn append(
        &self,
        inner: &MemoryStore,
        mut commit: Commit,
    ) -> Result<Committed, AppendError> {
        let id = commit.id;
        commit.id = self.kept_as(id).unwrap_or_else(Uuid::now_v7);
        let kept_as = commit.id;
        let committed = inner.append(commit).await?;
        if self.kept_as(id).is_none() {
            let mut window = self.window.lock().unwrap();
            window.push_back((id, kept_as));
            if window.len() > 10 {
                window.pop_front();
            }
        }
        Ok(committed)
    }

    async fn find_commit(
        &self,
        inner: &MemoryStore,
        id: Uuid,
    ) -> Result<Option<CommitRecord>, StoreError> {
        match self.kept_as(id) {
            Some(id) => inner.find_commit(id).await,
            None => Ok(None),
        }
    }
}

/// Answers a known id with the first answer, whatever comes with it.
#[derive(Default)]
pub struct DedupWithoutContent;

impl Defect for DedupWithoutContent {
    async fn append(&self, inner: &MemoryStore, commit: Commit) -> Result<Committed, AppendError> {
        match inner.find_commit(commit.id).await? {
            Some(known) => Ok(known.committed),
            None => inner.append(commit).await,
        }
    }
}

/// Appends at whatever version the streams have.
#[derive(Default)]
pub struct NoVersionCheck;

impl Defect for NoVersionCheck {
    async fn append(&self, inner: &MemoryStore, commit: Commit) -> Result<Committed, AppendError> {
        append_at_any_version(inner, commit).await
    }
}

/// Compares versions, and then begins its transaction.
#[derive(Default)]
pub struct EarlyVersionCheck;

impl Defect for EarlyVersionCheck {
    async fn append(&self, inner: &MemoryStore, commit: Commit) -> Result<Committed, AppendError> {
        for part in &commit.streams {
            let actual = version(inner, &part.stream).await;
            if actual != part.expected_version {
                return Err(AppendError::Conflict {
                    stream: part.stream.clone(),
                    expected: part.expected_version,
                    actual,
                });
            }
        }
        tokio::task::yield_now().await;
        append_at_any_version(inner, commit).await
    }
}

/// Writes a commit's streams one after the other.
#[derive(Default)]
pub struct SplitAppend;

impl Defect for SplitAppend {
    async fn append(&self, inner: &MemoryStore, commit: Commit) -> Result<Committed, AppendError> {
        let mut streams = Vec::new();
        for part in commit.streams {
            let alone = Commit::new(Uuid::now_v7(), commit.recorded_at, vec![part]);
            streams.extend(inner.append(alone).await?.streams);
        }
        Ok(Committed { streams })
    }
}

/// Puts what it could not write into its error.
#[derive(Default)]
pub struct TellsPayloads;

impl Defect for TellsPayloads {
    async fn append(&self, inner: &MemoryStore, commit: Commit) -> Result<Committed, AppendError> {
        let payloads: Vec<_> = commit
            .streams
            .iter()
            .flat_map(|part| &part.events)
            .map(|event| String::from_utf8_lossy(&event.payload).into_owned())
            .collect();
        inner.append(commit).await.map_err(|error| {
            let cause = StoreError::new(StoreErrorKind::Other, "broken store", payloads.join(", "));
            StoreError::new(StoreErrorKind::Other, "broken store", error.to_string())
                .source(cause)
                .into()
        })
    }
}

/// Reads every payload before it keeps it, as a column of the type JSON does.
#[derive(Default)]
pub struct ParsesPayloads;

impl Defect for ParsesPayloads {
    async fn append(&self, inner: &MemoryStore, commit: Commit) -> Result<Committed, AppendError> {
        for event in commit.streams.iter().flat_map(|part| &part.events) {
            let parsed: Result<serde_json::Value, _> = serde_json::from_slice(&event.payload);
            if parsed.is_err() {
                let what = "a payload is no JSON";
                return Err(StoreError::new(StoreErrorKind::Other, "broken store", what).into());
            }
        }
        inner.append(commit).await
    }
}

/// Answers every tenth commit, remembers the answer, and forgets to write it.
#[derive(Default)]
pub struct AnswersWithoutWriting {
    commits: AtomicU64,
    answers: Mutex<HashMap<Uuid, Committed>>,
}

impl Defect for AnswersWithoutWriting {
    async fn append(&self, inner: &MemoryStore, commit: Commit) -> Result<Committed, AppendError> {
        if let Some(first) = self.answers.lock().unwrap().get(&commit.id) {
            return Ok(first.clone());
        }
        let known = inner.find_commit(commit.id).await?.is_some();
        if known || self.commits.fetch_add(1, Ordering::Relaxed) % 10 < 9 {
            return inner.append(commit).await;
        }
        let id = commit.id;
        let position = inner.head().await?;
        let streams = commit.streams.into_iter().map(|part| {
            let events = part.events.len() as u64;
            StreamCommitted {
                version: part.expected_version + events,
                stream: part.stream,
                position,
                events,
            }
        });
        let answer = Committed {
            streams: streams.collect(),
        };
        self.answers.lock().unwrap().insert(id, answer.clone());
        Ok(answer)
    }
}

/// Writes every tenth commit again, under another id, as one that tries again where it has lost the answer.
#[derive(Default)]
pub struct WritesTwice(AtomicU64);

impl Defect for WritesTwice {
    async fn append(&self, inner: &MemoryStore, commit: Commit) -> Result<Committed, AppendError> {
        let again = commit.clone();
        let committed = inner.append(commit).await?;
        if self.0.fetch_add(1, Ordering::Relaxed) % 10 == 9 {
            let mut again = again;
            again.id = Uuid::now_v7();
            append_at_any_version(inner, again).await?;
        }
        Ok(committed)
    }
}
