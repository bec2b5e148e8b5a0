//! A log on its way from store to store.

use std::sync::Arc;

use eventsource_core::moving::{Mark, Move, MoveError, export};
use eventsource_core::store::{Commit, EventStore, NewEvent, ReadLog, RecordedEvent, StreamCommit};
use eventsource_core::{MemoryStore, Metadata, Position, StreamName, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

/// Names of a program's events.
const NAMES: [&str; 3] = ["account.opened", "account.größer", "x"];

/// A commit that is to be appended.
#[derive(Debug, Clone)]
struct Planned {
    command_id: Option<u64>,
    micros: i64,
    actor: Option<String>,
    /// Streams, with the payloads of their events.
    parts: Vec<(u8, Vec<Vec<u8>>)>,
}

fn payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "[a-z\"\\\\ \n\u{0}ä💶]{0,12}".prop_map(|text| serde_json::to_vec(&text).unwrap()),
        Just(b"null".to_vec()),
        Just(b"{ \"a\" : [1,\n 2.50] }".to_vec()),
        Just(b" {}".to_vec()),
        Just(Vec::new()),
        proptest::collection::vec(any::<u8>(), 0..9),
    ]
}

fn planned() -> impl Strategy<Value = Planned> {
    let part = (0..4_u8, proptest::collection::vec(payload(), 1..4));
    (
        proptest::option::of(0..1_000_000_u64),
        0..5_i64,
        proptest::option::of("[a-z]{0,3}"),
        proptest::collection::vec(part, 1..3),
    )
        .prop_map(|(command_id, micros, actor, mut parts)| {
            parts.sort_by_key(|part| part.0);
            parts.dedup_by_key(|part| part.0);
            Planned {
                command_id,
                micros,
                actor,
                parts,
            }
        })
}

async fn fill(store: &MemoryStore, commits: &[Planned]) {
    store.prepare(true).await.unwrap();
    let mut versions = [0_u64; 4];
    for (at, planned) in commits.iter().enumerate() {
        let mut metadata = Metadata::new();
        metadata.actor.clone_from(&planned.actor);
        // Two commands never have one id.
        let id = planned
            .command_id
            .map(|id| Uuid::from_u128((u128::from(id) << 32) + at as u128));
        metadata.command_id = id;
        let metadata: Arc<[u8]> = metadata.encode().into();
        let mut streams = Vec::new();
        for (stream, payloads) in &planned.parts {
            let version = &mut versions[usize::from(*stream)];
            streams.push(StreamCommit {
                stream: StreamName::new("account", &format!("a-{stream}")).unwrap(),
                expected_version: *version,
                events: payloads
                    .iter()
                    .map(|payload| NewEvent {
                        id: Uuid::now_v7(),
                        name: NAMES[payload.len() % 3],
                        schema_version: 1 + u16::from(*stream),
                        payload: payload.clone(),
                        metadata: Arc::clone(&metadata),
                    })
                    .collect(),
            });
            *version += payloads.len() as u64;
        }
        let at = Timestamp::from_micros(planned.micros);
        let commit = Commit::new(id.unwrap_or_else(Uuid::now_v7), at, streams);
        store.append(commit).await.unwrap();
    }
}

async fn log(store: &impl EventStore) -> Vec<RecordedEvent> {
    let read = ReadLog::after(Position::START);
    store.read_log(read, Vec::new()).await.unwrap()
}

/// Without what is the store's own.
fn kept(log: Vec<RecordedEvent>) -> Vec<RecordedEvent> {
    log.into_iter()
        .map(|event| RecordedEvent {
            position: Position::START,
            index: 0,
            ..event
        })
        .collect()
}

fn now<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work)
}

async fn lines(store: &MemoryStore) -> Vec<u8> {
    let mut lines = Vec::new();
    export(store, &mut lines, Mark::default()).await.unwrap();
    lines
}

proptest! {
    /// Through lines or directly, all that is kept is kept, and what had an id has it still, with its answer.
    #[test]
    fn a_moved_log_is_the_same_log(commits in proptest::collection::vec(planned(), 0..12)) {
        now(async {
            let (old, by_lines, directly) = (MemoryStore::new(), MemoryStore::new(), MemoryStore::new());
            fill(&old, &commits).await;
            let mut written = Vec::new();
            let mark = export(&old, &mut written, Mark::default()).await.unwrap();
            let wanted: Vec<Position> = log(&old).await.iter().map(|event| event.position).collect();

            let moved = Move::to(&by_lines).positions(wanted.clone()).lines(&written[..]).await.unwrap();
            let too = Move::to(&directly).positions(wanted).log_of(&old).await.unwrap();

            prop_assert_eq!(&moved, &too);
            prop_assert_eq!((moved.events, moved.chain), (mark.events, mark.chain));
            for new in [&by_lines, &directly] {
                prop_assert_eq!(kept(log(new).await), kept(log(&old).await));
                for (event, at) in log(&old).await.iter().zip(log(new).await) {
                    prop_assert_eq!(moved.positions[&event.position], at.position);
                }
                let again = export(new, std::io::sink(), Mark::default()).await.unwrap();
                prop_assert_eq!((again.events, again.chain), (mark.events, mark.chain));
                for event in log(&old).await {
                    let metadata = Metadata::decode(&event.metadata).unwrap();
                    if let Some(id) = metadata.command_id {
                        let was = old.find_commit(id).await.unwrap().unwrap();
                        let is = new.find_commit(id).await.unwrap().unwrap();
                        prop_assert_eq!(is.fingerprint, was.fingerprint);
                        let streams = |record: &eventsource_core::store::CommitRecord| {
                            let parts = record.committed.streams.iter();
                            parts.map(|part| (part.stream.clone(), part.version, part.events)).collect::<Vec<_>>()
                        };
                        prop_assert_eq!(streams(&is), streams(&was));
                    }
                }
            }
            Ok(())
        })?;
    }

    /// However far an import came, it is finished by being begun again; however far an export came, by going on.
    #[test]
    fn what_was_interrupted_goes_on(
        commits in proptest::collection::vec(planned(), 1..12),
        part in 0.0..1.0_f64,
    ) {
        now(async {
            let (old, new) = (MemoryStore::new(), MemoryStore::new());
            fill(&old, &commits).await;
            let whole = lines(&old).await;
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
            let cut = (whole.len() as f64 * part) as usize;

            match Move::to(&new).lines(&whole[..cut]).await {
                Err(MoveError::Incomplete { .. }) => {}
                other => prop_assert!(false, "{other:?}"),
            }
            Move::to(&new).lines(&whole[..]).await.unwrap();
            prop_assert_eq!(kept(log(&new).await), kept(log(&old).await));

            let (mark, bytes) = Mark::of(&whole[..cut]).unwrap();
            let mut written = whole[..usize::try_from(bytes).unwrap()].to_vec();
            export(&old, &mut written, mark).await.unwrap();
            prop_assert_eq!(&written, &whole);
            Ok(())
        })?;
    }

    /// One byte that is another, in whatever line, is found; and so is a line that is missing or stands elsewhere.
    #[test]
    fn what_was_changed_is_refused(
        commits in proptest::collection::vec(planned(), 1..8),
        at in any::<proptest::sample::Index>(),
        line in any::<proptest::sample::Index>(),
    ) {
        now(async {
            let old = MemoryStore::new();
            fill(&old, &commits).await;
            let whole = lines(&old).await;

            let mut changed = whole.clone();
            let at = at.index(changed.len());
            // Positions are the old store's own, and no part of what is checked.
            let text = String::from_utf8(whole.clone()).unwrap();
            let of_positions = text.match_indices("{\"position\":").any(|(begin, _)| {
                let end = text[begin..].find(',').map_or(begin, |comma| begin + comma);
                (begin..end).contains(&at)
            });
            changed[at] ^= 1;
            let found = Move::to(&MemoryStore::new()).lines(&changed[..]).await;
            prop_assert!(found.is_err() || of_positions, "byte {at} of {text}");

            let mut fewer: Vec<&str> = text.split_inclusive('\n').collect();
            let missing = fewer.remove(line.index(fewer.len()));
            let found = Move::to(&MemoryStore::new()).lines(fewer.concat().as_bytes()).await;
            prop_assert!(found.is_err(), "without {missing}");
            Ok(())
        })?;
    }
}

#[test]
fn a_store_that_has_another_log_is_left_alone() {
    now(async {
        let planned = |micros| Planned {
            command_id: None,
            micros,
            actor: None,
            parts: vec![(1, vec![b"{}".to_vec()])],
        };
        let (old, new) = (MemoryStore::new(), MemoryStore::new());
        fill(&old, &[planned(1), planned(2)]).await;
        fill(&new, &[planned(3)]).await;
        let before = log(&new).await;
        let refused = Move::to(&new).log_of(&old).await.unwrap_err();
        assert!(matches!(refused, MoveError::NotEmpty), "{refused}");
        assert_eq!(log(&new).await, before);
    });
}

/// What would be put together may have grown since a move was interrupted.
#[test]
fn a_log_that_has_grown_is_moved_again() {
    now(async {
        let together = |events: usize| Planned {
            command_id: None,
            micros: 1,
            actor: None,
            parts: vec![(1, vec![b"{}".to_vec(); events])],
        };
        let (old, new) = (MemoryStore::new(), MemoryStore::new());
        fill(&old, &[together(1), together(2)]).await;
        Move::to(&new).log_of(&old).await.unwrap();
        let more = log(&old).await.remove(0);
        let part = StreamCommit {
            stream: more.stream.clone(),
            expected_version: 3,
            events: vec![NewEvent {
                id: Uuid::now_v7(),
                name: NAMES[2],
                schema_version: 1,
                payload: b"{}".to_vec(),
                metadata: more.metadata.to_vec().into(),
            }],
        };
        let commit = Commit::new(Uuid::now_v7(), Timestamp::from_micros(1), vec![part]);
        old.append(commit).await.unwrap();

        for _ in 0..2 {
            let moved = Move::to(&new).log_of(&old).await.unwrap();
            assert_eq!(moved.events, 4);
            assert_eq!(kept(log(&new).await), kept(log(&old).await));
        }
    });
}

#[test]
fn an_error_says_which_line_and_nothing_of_what_is_in_it() {
    now(async {
        let heading = "{\"eventsource_log\":1}\n";
        let newer = "{\"eventsource_log\":2}\n";
        let canary = "{\"canary\":\"SECRET\"}\n";
        for (lines, kind) in [
            (newer.to_owned(), "format 2"),
            ([heading, canary].concat(), "line 2"),
            ([heading, "SECRET\n"].concat(), "line 2"),
            (canary.to_owned(), "line 1"),
        ] {
            let refused = Move::to(&MemoryStore::new()).lines(lines.as_bytes()).await;
            let refused = refused.unwrap_err();
            let told = format!("{refused} {refused:?}");
            assert!(told.contains(kind), "{told}");
            assert!(!told.contains("SECRET"), "{told}");
        }
    });
}
