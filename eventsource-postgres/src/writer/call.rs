//! The two functions of the database that append: one commit to one stream, or any commits.

use std::collections::HashMap;
use std::time::Duration;

use eventsource_core::Position;
use eventsource_core::store::{
    AppendError, Commit, CommitRecord, Committed, NewEvent, StreamCommit, StreamCommitted,
};
use uuid::Uuid;

use crate::commits;
use crate::error::Place;
use crate::session::{Error, Row, Session};
use crate::sql::{Hidden, quoted, signed};

/// The statements of a log, made once.
#[derive(Debug)]
pub(super) struct Calls {
    one: String,
    many: String,
    busy_wait: i32,
}

/// What the database says of one commit.
#[derive(Debug, Clone, Copy)]
pub(super) enum Answer {
    /// It was written, its first event at this position.
    Written(Position),
    /// Its id is there already.
    Known,
    /// The stream of this part of it has another version, which is this one.
    Conflict(usize, u64),
}

/// What the database says of a group.
#[derive(Debug)]
pub(super) enum Reply {
    /// What became of each commit.
    Answers(Vec<Answer>),
    /// Nothing was appended: there are read models that appends have to fold.
    Fold,
    /// It cannot be read.
    Unreadable,
}

impl Calls {
    pub(super) fn new(schema: &str, busy_wait: Duration) -> Self {
        let schema = quoted(schema);
        let parameters = |count: usize| {
            let names: Vec<String> = (1..=count).map(|number| format!("${number}")).collect();
            names.join(", ")
        };
        Self {
            one: format!("SELECT {schema}.append_to_stream({})", parameters(15)),
            many: format!("SELECT * FROM {schema}.append({})", parameters(25)),
            // The server takes 0 for no limit.
            busy_wait: i32::try_from(busy_wait.as_millis())
                .unwrap_or(i32::MAX)
                .max(1),
        }
    }

    /// How long an append waits for others, in milliseconds.
    pub(super) fn busy_wait(&self) -> i32 {
        self.busy_wait
    }

    /// Appends the commits in their order; `new_types` where a type of theirs may be new to the log, `folded` where the caller folds in the same
    /// transaction what is to be folded.
    pub(super) async fn append(
        &self,
        session: Session<'_>,
        commits: &[&Commit],
        new_types: bool,
        folded: bool,
    ) -> Result<Reply, Error> {
        if let Some((commit, part)) = alone(commits) {
            return self.one(session, commit, part, new_types, folded).await;
        }
        self.many(session, commits, new_types, folded).await
    }

    async fn one(
        &self,
        session: Session<'_>,
        commit: &Commit,
        part: &StreamCommit,
        new_types: bool,
        folded: bool,
    ) -> Result<Reply, Error> {
        let columns = Columns::of(part.events.iter());
        let snapshot = commit.snapshot.as_ref();
        let row = session
            .query_one(
                &self.one,
                &[
                    &self.busy_wait,
                    &folded,
                    &commit.id,
                    &Uuid::from_bytes(commit.fingerprint.to_bytes()),
                    &commit.recorded_at.as_micros(),
                    &part.stream.as_str(),
                    &signed(part.expected_version),
                    &columns.ids,
                    &columns.names,
                    &columns.schemas,
                    &columns.payloads,
                    &columns.metadatas,
                    &new_types,
                    &snapshot.map(|kept| Uuid::from_bytes(kept.fingerprint.to_bytes())),
                    &snapshot.map(|kept| Hidden(kept.state.as_slice())),
                ],
            )
            .await?;
        let answer: Option<Vec<i64>> = row.try_get(0)?;
        let answer = match answer.as_deref() {
            None => return Ok(Reply::Fold),
            Some([0, first, _]) => Answer::Written(position(*first)),
            Some([-1, ..]) => Answer::Known,
            Some([_, _, actual]) => Answer::Conflict(0, actual.unsigned_abs()),
            Some(_) => return Ok(Reply::Unreadable),
        };
        Ok(Reply::Answers(vec![answer]))
    }

    async fn many(
        &self,
        session: Session<'_>,
        commits: &[&Commit],
        new_types: bool,
        folded: bool,
    ) -> Result<Reply, Error> {
        let parts = Parts::of(commits);
        let columns = Columns::of(commits.iter().flat_map(|commit| events(commit)));
        let snapshots = Snapshots::of(commits);
        let ids: Vec<Uuid> = commits.iter().map(|commit| commit.id).collect();
        let fingerprints: Vec<Uuid> = commits
            .iter()
            .map(|commit| Uuid::from_bytes(commit.fingerprint.to_bytes()))
            .collect();
        let times: Vec<i64> = commits
            .iter()
            .map(|commit| commit.recorded_at.as_micros())
            .collect();
        let counts: Vec<i32> = commits
            .iter()
            .map(|commit| count(events(commit).count()))
            .collect();
        let row = session
            .query_one(
                &self.many,
                &[
                    &self.busy_wait,
                    &folded,
                    &ids,
                    &fingerprints,
                    &times,
                    &counts,
                    &parts.streams,
                    &parts.commit,
                    &parts.stream,
                    &parts.expected,
                    &parts.events,
                    &parts.event_part,
                    &parts.event_offset,
                    &parts.event_stream,
                    &columns.ids,
                    &columns.names,
                    &columns.schemas,
                    &columns.payloads,
                    &columns.metadatas,
                    &new_types,
                    &snapshots.commit,
                    &snapshots.stream,
                    &snapshots.fingerprint,
                    &snapshots.version,
                    &snapshots.state,
                ],
            )
            .await?;
        answers(&row, commits)
    }
}

/// The one commit to one stream, where it is no more than that.
fn alone<'a>(commits: &[&'a Commit]) -> Option<(&'a Commit, &'a StreamCommit)> {
    match commits {
        [commit] => match &commit.streams[..] {
            [part] => Some((commit, part)),
            _ => None,
        },
        _ => None,
    }
}

fn answers(row: &Row, commits: &[&Commit]) -> Result<Reply, Error> {
    let Some(refused) = row.try_get::<Option<Vec<i32>>>(0)? else {
        return Ok(Reply::Fold);
    };
    let first: Option<Vec<Option<i64>>> = row.try_get(1)?;
    let actual: Option<Vec<Option<i64>>> = row.try_get(2)?;
    let at = |list: &Option<Vec<Option<i64>>>, index: usize| *list.as_ref()?.get(index)?;
    let mut answers = Vec::with_capacity(commits.len());
    // How many parts the commits before this one have.
    let mut before = 0;
    for (index, commit) in commits.iter().enumerate() {
        let answer = match refused.get(index) {
            Some(0) => at(&first, index).map(|first| Answer::Written(position(first))),
            Some(-1) => Some(Answer::Known),
            Some(part) => usize::try_from(*part)
                .ok()
                .and_then(|part| part.checked_sub(before + 1))
                .zip(at(&actual, index))
                .map(|(part, actual)| Answer::Conflict(part, actual.unsigned_abs())),
            None => None,
        };
        let Some(answer) = answer else {
            return Ok(Reply::Unreadable);
        };
        answers.push(answer);
        before += commit.streams.len();
    }
    Ok(Reply::Answers(answers))
}

/// What became of a commit that was written or refused.
pub(super) fn outcome(
    place: &Place,
    commit: &Commit,
    answer: Answer,
) -> Result<Committed, AppendError> {
    let conflict = match answer {
        Answer::Written(first) => return Ok(committed(commit, first)),
        Answer::Conflict(part, actual) => commit.streams.get(part).map(|part| (part, actual)),
        Answer::Known => None,
    };
    let Some((part, actual)) = conflict else {
        return Err(place
            .corrupt("the function `append` answers otherwise")
            .into());
    };
    Err(AppendError::Conflict {
        stream: part.stream.clone(),
        expected: part.expected_version,
        actual,
    })
}

/// What became of a commit whose id is there already, with the rows of what it did.
pub(super) fn known(
    place: &Place,
    commit: &Commit,
    rows: &[Row],
) -> Result<Committed, AppendError> {
    same(place, commit, commits::record(place, rows)?)
}

/// What became of a commit whose id is there already, with what the log has under it.
pub(super) fn same(
    place: &Place,
    commit: &Commit,
    record: Option<CommitRecord>,
) -> Result<Committed, AppendError> {
    match record {
        Some(record) if record.fingerprint == commit.fingerprint => Ok(record.committed),
        Some(_) => Err(AppendError::CommitIdReused {
            commit_id: commit.id,
        }),
        None => Err(place.corrupt("a commit is there and not there").into()),
    }
}

/// What a written commit did: its parts stand behind each other.
fn committed(commit: &Commit, first: Position) -> Committed {
    let mut next = first.as_raw();
    let streams = commit.streams.iter().map(|part| {
        let events = part.events.len() as u64;
        next = next.saturating_add(events);
        StreamCommitted {
            stream: part.stream.clone(),
            version: part.expected_version.saturating_add(events),
            position: Position::from_raw(next.saturating_sub(1)),
            events,
        }
    });
    Committed {
        streams: streams.collect(),
    }
}

pub(super) fn events(commit: &Commit) -> impl Iterator<Item = &NewEvent> {
    commit.streams.iter().flat_map(|part| &part.events)
}

/// What stands around an event's payload, metadata and name in a message, generously.
const AROUND: usize = 100;

/// How many bytes a commit has in a message to the server, at most.
pub(super) fn bytes(commit: &Commit) -> usize {
    let snapshot = commit.snapshot.as_ref().map_or(0, |kept| kept.state.len());
    let parts = commit.streams.iter().map(|part| {
        let name = part.stream.as_str().len().saturating_add(AROUND);
        name.saturating_mul(part.events.len().saturating_add(1))
    });
    let events = events(commit).map(|event| {
        let lengths = [event.payload.len(), event.metadata.len(), event.name.len()];
        lengths.into_iter().fold(0, usize::saturating_add)
    });
    parts.chain(events).fold(snapshot, usize::saturating_add)
}

fn position(raw: i64) -> Position {
    Position::from_raw(raw.unsigned_abs())
}

/// A number of things in one group, which is bounded.
fn count(things: usize) -> i32 {
    i32::try_from(things).unwrap_or(i32::MAX)
}

/// What every event has, a list for each column.
struct Columns<'a> {
    ids: Vec<Uuid>,
    names: Vec<&'a str>,
    schemas: Vec<i32>,
    payloads: Hidden<Vec<&'a [u8]>>,
    metadatas: Hidden<Vec<&'a [u8]>>,
}

impl<'a> Columns<'a> {
    fn of(events: impl Iterator<Item = &'a NewEvent>) -> Self {
        let mut columns = Self {
            ids: Vec::new(),
            names: Vec::new(),
            schemas: Vec::new(),
            payloads: Hidden(Vec::new()),
            metadatas: Hidden(Vec::new()),
        };
        for event in events {
            columns.ids.push(event.id);
            columns.names.push(event.name);
            columns.schemas.push(event.schema_version.into());
            columns.payloads.0.push(&event.payload);
            columns.metadatas.0.push(&event.metadata);
        }
        columns
    }
}

/// The parts of commits, and where each event belongs. Numbers count from 1, as arrays of the database do.
#[derive(Default)]
struct Parts<'a> {
    streams: Vec<&'a str>,
    commit: Vec<i32>,
    stream: Vec<i32>,
    expected: Vec<i64>,
    events: Vec<i32>,
    event_part: Vec<i32>,
    event_offset: Vec<i32>,
    event_stream: Vec<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(commits: &[&'a Commit]) -> Self {
        let mut parts = Self::default();
        let mut places: HashMap<&str, i32> = HashMap::new();
        for (number, commit) in (1..).zip(commits) {
            for part in &commit.streams {
                let name = part.stream.as_str();
                let place = *places.entry(name).or_insert_with(|| {
                    parts.streams.push(name);
                    count(parts.streams.len())
                });
                parts.commit.push(number);
                parts.stream.push(place);
                parts.expected.push(signed(part.expected_version));
                parts.events.push(count(part.events.len()));
                let this = count(parts.commit.len());
                for offset in 0..part.events.len() {
                    parts.event_part.push(this);
                    parts.event_offset.push(count(offset));
                    parts.event_stream.push(name);
                }
            }
        }
        parts
    }
}

/// The states to keep, a list for each column.
struct Snapshots<'a> {
    commit: Vec<i32>,
    stream: Vec<&'a str>,
    fingerprint: Vec<Uuid>,
    version: Vec<i64>,
    state: Hidden<Vec<&'a [u8]>>,
}

impl<'a> Snapshots<'a> {
    fn of(commits: &[&'a Commit]) -> Self {
        let mut kept = Self {
            commit: Vec::new(),
            stream: Vec::new(),
            fingerprint: Vec::new(),
            version: Vec::new(),
            state: Hidden(Vec::new()),
        };
        for (number, commit) in (1..).zip(commits) {
            if let Some(snapshot) = &commit.snapshot {
                kept.commit.push(number);
                kept.stream.push(snapshot.stream.as_str());
                kept.fingerprint
                    .push(Uuid::from_bytes(snapshot.fingerprint.to_bytes()));
                kept.version.push(signed(snapshot.version));
                kept.state.0.push(&snapshot.state);
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_not_wait_is_not_made_to_wait_for_ever() {
        let waits = |wait| Calls::new("log", wait).busy_wait();
        assert_eq!(waits(Duration::ZERO), 1);
        assert_eq!(waits(Duration::from_micros(999)), 1);
        assert_eq!(waits(Duration::from_secs(10)), 10_000);
        assert_eq!(waits(Duration::MAX), i32::MAX);
    }
}
