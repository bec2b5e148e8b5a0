//! One commit, within the transaction of its group.

use std::collections::HashSet;

use eventsource_core::store::{
    AppendError, Commit, CommitRecord, Committed, Fingerprint, Recorded, StoreError, StreamCommit,
    StreamCommitted,
};
use eventsource_core::{Position, StreamName, Timestamp};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OptionalExtension, ToSql, params};
use uuid::Uuid;

use crate::error::Place;

/// The last event of a stream; version 0 where there is none.
struct Head {
    version: i64,
    recorded_at: Timestamp,
}

/// What became of a commit that was not refused.
pub(super) enum Appended {
    /// It was written.
    Now(Written),
    /// It had been written before.
    Before(Committed),
}

/// A commit that was written in the open transaction.
pub(super) struct Written {
    pub(super) committed: Committed,
    /// When the events of each stream were recorded.
    times: Vec<Timestamp>,
    /// The position of its first event; the others' follow without a gap, as SQLite counts them.
    first: i64,
}

impl Written {
    /// The positions of its first and its last event.
    pub(super) fn positions(&self) -> (Position, Position) {
        let first = raw(self.first);
        let last = self.committed.streams.last();
        (first, last.map_or(first, |part| part.position))
    }

    /// Shows the events as they are recorded, in the order of the log.
    pub(super) fn show<E>(
        &self,
        commit: &Commit,
        mut visit: impl FnMut(&Recorded<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut positions = self.first..;
        for (part, recorded_at) in commit.streams.iter().zip(&self.times) {
            let versions = part.expected_version.saturating_add(1)..;
            let places = versions.zip(&mut positions);
            for (event, (version, position)) in part.events.iter().zip(places) {
                visit(&Recorded {
                    position: raw(position),
                    index: 0,
                    stream: part.stream.as_str(),
                    version,
                    event_id: event.id,
                    name: event.name,
                    schema_version: event.schema_version,
                    recorded_at: *recorded_at,
                    payload: &event.payload,
                    metadata: &event.metadata,
                })?;
            }
        }
        Ok(())
    }
}

/// Writes commits, within a transaction that holds the write lock.
pub(super) struct Log<'a> {
    pub(super) place: &'a Place,
    pub(super) connection: &'a Connection,
    /// The next free position.
    pub(super) next: i64,
    /// The types that are known to be in the log.
    pub(super) types: &'a mut HashSet<(&'static str, u16)>,
}

impl Log<'_> {
    /// Appends the commit, or says why not; in that case nothing was written. `Err` is a failure that spoils the transaction.
    pub(super) fn append(
        &mut self,
        commit: &Commit,
    ) -> Result<Result<Appended, AppendError>, rusqlite::Error> {
        let mut heads = Vec::with_capacity(commit.streams.len());
        let mut conflict = None;
        for part in &commit.streams {
            let head = self.head(&part.stream)?;
            let actual = head.version.unsigned_abs();
            if actual != part.expected_version {
                conflict = Some(AppendError::Conflict {
                    stream: part.stream.clone(),
                    expected: part.expected_version,
                    actual,
                });
                break;
            }
            heads.push(head);
        }
        // Nothing is written before all versions are right, and the first write finds a repetition: so a refusal needs no undoing.
        if conflict.is_some() || !self.claim(commit)? {
            return Ok(match find(self.place, self.connection, commit.id) {
                Ok(Some(record)) if record.fingerprint == commit.fingerprint => {
                    Ok(Appended::Before(record.committed))
                }
                Ok(Some(_)) => Err(AppendError::CommitIdReused {
                    commit_id: commit.id,
                }),
                Ok(None) => Err(conflict.unwrap_or_else(|| {
                    AppendError::Store(self.place.corrupt("a commit is there and not there"))
                })),
                Err(error) => Err(AppendError::Store(error)),
            });
        }
        let first = self.next;
        let mut streams = Vec::with_capacity(commit.streams.len());
        let mut times = Vec::with_capacity(commit.streams.len());
        for (part, head) in commit.streams.iter().zip(heads) {
            let recorded_at = commit.recorded_at.max(head.recorded_at);
            times.push(recorded_at);
            streams.push(self.write(part, head.version, recorded_at)?);
        }
        self.keep_snapshot(commit, &streams)?;
        Ok(Ok(Appended::Now(Written {
            committed: Committed { streams },
            times,
            first,
        })))
    }

    fn head(&self, stream: &StreamName) -> Result<Head, rusqlite::Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT version, recorded_at FROM eventsource_events WHERE stream = ?1
             ORDER BY version DESC LIMIT 1",
        )?;
        let head = statement
            .query_row([stream.as_str()], |row| {
                Ok(Head {
                    version: row.get(0)?,
                    recorded_at: Timestamp::from_micros(row.get(1)?),
                })
            })
            .optional()?;
        Ok(head.unwrap_or(Head {
            version: 0,
            recorded_at: Timestamp::from_micros(i64::MIN),
        }))
    }

    /// Writes down the commit's id; `false` when it was there before.
    fn claim(&self, commit: &Commit) -> Result<bool, rusqlite::Error> {
        let events: usize = commit.streams.iter().map(|part| part.events.len()).sum();
        let events = i64::try_from(events).unwrap_or(i64::MAX);
        let written = self
            .connection
            .prepare_cached(
                "INSERT INTO eventsource_commits (commit_id, fingerprint, first_position, events)
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                commit.id.as_bytes(),
                commit.fingerprint.to_bytes(),
                self.next,
                events
            ]);
        match written {
            Ok(_) => Ok(true),
            // The trigger that keeps commits from being replaced. The statement alone is undone.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    fn write(
        &mut self,
        part: &StreamCommit,
        mut version: i64,
        recorded_at: Timestamp,
    ) -> Result<StreamCommitted, rusqlite::Error> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO eventsource_events
                 (position, stream, version, event_id, name, schema_version, recorded_at, payload, metadata)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?;
        let recorded_at = recorded_at.as_micros();
        let mut position = self.next;
        for event in &part.events {
            version += 1;
            position = self.next;
            statement.execute(params![
                position,
                part.stream.as_str(),
                version,
                event.id.as_bytes(),
                event.name,
                event.schema_version,
                recorded_at,
                TextOrBytes(&event.payload),
                (!event.metadata.is_empty()).then_some(TextOrBytes(&event.metadata)),
            ])?;
            self.next += 1;
            let event_type = (event.name, event.schema_version);
            if !self.types.contains(&event_type) {
                self.connection
                    .prepare_cached(
                        "INSERT INTO eventsource_types (name, schema_version) VALUES (?1, ?2)
                         ON CONFLICT DO NOTHING",
                    )?
                    .execute(params![event.name, event.schema_version])?;
                self.types.insert(event_type);
            }
        }
        Ok(StreamCommitted {
            stream: part.stream.clone(),
            version: version.unsigned_abs(),
            position: raw(position),
            events: part.events.len() as u64,
        })
    }

    fn keep_snapshot(
        &self,
        commit: &Commit,
        committed: &[StreamCommitted],
    ) -> Result<(), rusqlite::Error> {
        let Some(snapshot) = &commit.snapshot else {
            return Ok(());
        };
        let Some(part) = committed.iter().find(|part| part.stream == snapshot.stream) else {
            return Ok(());
        };
        self.connection
            .prepare_cached(
                "INSERT INTO eventsource_snapshots (stream, fingerprint, version, position, state)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (stream, fingerprint) DO UPDATE
                 SET version = excluded.version, position = excluded.position, state = excluded.state",
            )?
            .execute(params![
                snapshot.stream.as_str(),
                snapshot.fingerprint.to_bytes(),
                signed(snapshot.version),
                signed(part.position.as_raw()),
                TextOrBytes(&snapshot.state),
            ])?;
        Ok(())
    }
}

/// As SQLite counts; what it has counted itself always fits.
fn signed(number: u64) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

fn raw(position: i64) -> Position {
    Position::from_raw(position.unsigned_abs())
}

/// Kept as text where it is UTF-8, so that SQL tools can read it, else as a blob.
pub(crate) struct TextOrBytes<'a>(pub(crate) &'a [u8]);

impl ToSql for TextOrBytes<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(
            if std::str::from_utf8(self.0).is_ok() {
                ValueRef::Text(self.0)
            } else {
                ValueRef::Blob(self.0)
            },
        ))
    }
}

/// What the commit of this id did. Its events are found by their positions.
pub(crate) fn find(
    place: &Place,
    connection: &Connection,
    id: Uuid,
) -> Result<Option<CommitRecord>, StoreError> {
    let failed = |error| place.sqlite("looking for a commit", error);
    let found = connection
        .prepare_cached(
            "SELECT fingerprint, first_position, events FROM eventsource_commits WHERE commit_id = ?1",
        )
        .and_then(|mut statement| {
            statement
                .query_row([id.as_bytes()], |row| {
                    Ok((row.get(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
                })
                .optional()
        })
        .map_err(failed)?;
    let Some((fingerprint, first, events)) = found else {
        return Ok(None);
    };
    let mut statement = connection
        .prepare_cached(
            "SELECT stream, version, position FROM eventsource_events
             WHERE position >= ?1 AND position < ?2 ORDER BY position",
        )
        .map_err(failed)?;
    let mut rows = statement
        .query([first, first.saturating_add(events)])
        .map_err(failed)?;
    let mut streams: Vec<StreamCommitted> = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let name = row.get_ref(0).map_err(failed)?.as_str().unwrap_or_default();
        let version = row.get::<_, i64>(1).map_err(failed)?.unsigned_abs();
        let position = raw(row.get(2).map_err(failed)?);
        match streams.last_mut() {
            Some(part) if part.stream.as_str() == name => {
                part.version = version;
                part.position = position;
                part.events += 1;
            }
            _ => streams.push(StreamCommitted {
                stream: StreamName::parse(name)
                    .map_err(|_| place.corrupt("the name of a stream cannot be read"))?,
                version,
                position,
                events: 1,
            }),
        }
    }
    Ok(Some(CommitRecord {
        fingerprint: Fingerprint::from_bytes(fingerprint),
        committed: Committed { streams },
    }))
}
