//! Promises 2 and 5: positions grow, no reader is overtaken, and reading goes page by page or row by row.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::fixture::{
    NOTED, append, assert_log_in_order, commit, commit_of, event, event_of, events, in_log,
    in_stream, open, part, payload, stream, versions,
};
use super::record::{claimed_in_part, reopens};
use super::{StoreFactory, memory};
use crate::store::{
    Commit, Direction, EventStore, ReadLog, ReadStream, Recorded, RecordedEvent, Visitor,
};
use crate::{Position, StreamName, Timestamp};

/// Under sixteen writers, two readers that follow the log from their own position see every event once, in the log's own order: a
/// commit that was in flight while a later one was seen is not skipped.
pub async fn a_tailing_reader_sees_all_once_in_order<F: StoreFactory>(factory: F) {
    const WRITERS: usize = 16;
    const COMMITS: usize = 30;
    const EVENTS: usize = 2 * WRITERS * COMMITS;
    let store = open(&factory).await;
    let written = Arc::new(AtomicBool::new(false));
    let mut readers = Vec::new();
    for page in [usize::MAX, 7] {
        let (store, written) = (Arc::clone(&store), Arc::clone(&written));
        readers.push(tokio::spawn(async move {
            let mut seen: Vec<RecordedEvent> = Vec::new();
            loop {
                let all_written = written.load(Ordering::SeqCst);
                let last = seen.last().map_or(Position::START, |event| event.position);
                let read = ReadLog::after(last).limit(page);
                let news = store.read_log(read, Vec::new()).await;
                let news = news.expect("the log is read");
                if news.is_empty() {
                    if all_written {
                        break;
                    }
                    let _ = tokio::time::timeout(Duration::from_millis(50), store.wait(last)).await;
                }
                seen.extend(news);
            }
            seen
        }));
    }
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        let store = Arc::clone(&store);
        writers.push(tokio::spawn(async move {
            let name = stream(&format!("writer {writer}"));
            let shared = stream(&format!("shared by writer {writer}"));
            for number in 0..COMMITS as u64 {
                let parts = vec![
                    part(&name, number, events(1)),
                    part(&shared, number, events(1)),
                ];
                let committed = store.append(commit_of(parts)).await;
                committed.expect("each writer has streams of its own");
            }
        }));
    }
    for writer in writers {
        writer.await.expect("a writer writes to its end");
    }
    written.store(true, Ordering::SeqCst);
    let log = in_log(&*store).await;
    assert_eq!(log.len(), EVENTS);
    assert_log_in_order(&log);
    for reader in readers {
        let seen = reader.await.expect("a reader reads to its end");
        assert_eq!(
            places(&seen),
            places(&log),
            "a tailing reader sees all events, once and in order"
        );
    }
}

fn places(events: &[RecordedEvent]) -> Vec<(Position, u32)> {
    events
        .iter()
        .map(|event| (event.position, event.index))
        .collect()
}

/// Pages of any size, forward and backward, of the log and of a stream, put together are the whole.
pub async fn pages_in_both_directions_equal_the_whole<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let (name, other) = (stream("paged"), stream("other"));
    let mut version = 0;
    for size in [1_u64, 3, 1, 7, 2, 5, 11] {
        let count = usize::try_from(size).expect("it is small");
        let parts = vec![
            part(&name, version, events(count)),
            part(&other, version, events(count)),
        ];
        store
            .append(commit_of(parts))
            .await
            .expect("it is appended");
        version += size;
    }
    let log = in_log(&*store).await;
    let whole = in_stream(&*store, &name).await;
    assert_eq!((log.len(), whole.len()), (60, 30));
    for page in [1, 2, 3, 7, 29, 30, 31, 60, 1_000] {
        for direction in [Direction::Forward, Direction::Backward] {
            let what = format!("pages of {page}, {direction:?}");
            assert_eq!(
                log_in_pages(&*store, direction, page).await,
                log,
                "the log in {what}"
            );
            assert_eq!(
                stream_in_pages(&*store, &name, direction, page).await,
                whole,
                "the stream in {what}"
            );
        }
    }
    ranges_are_kept(&*store, &name, &whole).await;
}

async fn log_in_pages<S: EventStore>(
    store: &S,
    direction: Direction,
    page: usize,
) -> Vec<RecordedEvent> {
    let mut gathered: Vec<RecordedEvent> = Vec::new();
    loop {
        let last = gathered.last().map(|event| event.position);
        let read = match direction {
            Direction::Forward => ReadLog::after(last.unwrap_or(Position::START)),
            Direction::Backward => ReadLog::before(last.unwrap_or(Position::END)),
        };
        let news = store.read_log(read.limit(page), Vec::new()).await;
        let news = news.expect("a page of the log is read");
        let (Some(last), whole) = (news.last(), news.len()) else {
            break;
        };
        let together = news
            .iter()
            .filter(|event| event.position == last.position)
            .count();
        assert!(
            whole < page + together,
            "a page of {page} has {whole} events: the limit is passed by the last position's events at most"
        );
        gathered.extend(news);
        assert_no_more_than_there_are(&gathered);
    }
    if direction == Direction::Backward {
        gathered.reverse();
    }
    gathered
}

/// Pages that show an event twice would never come to an end.
#[track_caller]
fn assert_no_more_than_there_are(gathered: &[RecordedEvent]) {
    assert!(
        gathered.len() <= 60,
        "pages of a log of 60 events have {}: a page begins behind the one before",
        gathered.len()
    );
}

async fn stream_in_pages<S: EventStore>(
    store: &S,
    name: &StreamName,
    direction: Direction,
    page: usize,
) -> Vec<RecordedEvent> {
    let mut gathered: Vec<RecordedEvent> = Vec::new();
    loop {
        let last = gathered.last().map(|event| event.version);
        let read = ReadStream::new(name.clone()).limit(page);
        let read = match (direction, last) {
            (Direction::Forward, last) => read.from(last.unwrap_or(0) + 1),
            (Direction::Backward, None) => read.backward(),
            (Direction::Backward, Some(last)) => read.backward().to(last - 1),
        };
        let news = store.read_stream(read, Vec::new()).await;
        let news = news.expect("a page of the stream is read");
        if news.is_empty() {
            break;
        }
        assert!(news.len() <= page, "a page has at most its limit's events");
        gathered.extend(news);
        assert_no_more_than_there_are(&gathered);
    }
    if direction == Direction::Backward {
        gathered.reverse();
    }
    gathered
}

/// `from` and `to` are both included; what lies beyond the stream is nothing.
async fn ranges_are_kept<S: EventStore>(store: &S, name: &StreamName, whole: &[RecordedEvent]) {
    for (from, to) in [
        (0, 3),
        (1, 1),
        (5, 9),
        (30, 30),
        (30, 31),
        (31, u64::MAX),
        (9, 5),
        (0, 0),
        (u64::MAX, u64::MAX),
    ] {
        let read = ReadStream::new(name.clone()).from(from).to(to);
        let expected: Vec<_> = whole
            .iter()
            .filter(|event| (from..=to).contains(&event.version))
            .cloned()
            .collect();
        let forward = store.read_stream(read.clone(), Vec::new()).await;
        assert_eq!(
            forward.expect("a range is read"),
            expected,
            "versions {from} to {to}"
        );
        let backward = store.read_stream(read.backward(), Vec::new()).await;
        let backward: Vec<_> = backward.expect("a range is read");
        assert!(
            backward.iter().eq(expected.iter().rev()),
            "versions {from} to {to}, newest first"
        );
    }
    let nothing = ReadStream::new(name.clone()).limit(0);
    let nothing: Vec<RecordedEvent> = store
        .read_stream(nothing, Vec::new())
        .await
        .expect("a page of no events is read");
    assert_eq!(nothing, []);
}

/// A read that needs no more than a state is folded from is shown that of each event: the same as a read of the whole.
pub async fn payloads_alone_are_those_of_the_whole<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let (name, other) = (stream("folded"), stream("other"));
    for version in 0..300_u16 {
        let folded = event_of(NOTED, version + 1, payload(&version.to_string()));
        let parts = vec![
            part(&other, u64::from(version), events(1)),
            part(&name, u64::from(version), vec![folded]),
        ];
        let appended = store.append(commit_of(parts)).await;
        appended.expect("it is appended");
    }
    for (from, to, limit) in [
        (0, u64::MAX, usize::MAX),
        (1, 300, usize::MAX),
        (7, 290, usize::MAX),
        (290, u64::MAX, 5),
        (300, 300, usize::MAX),
        (301, u64::MAX, usize::MAX),
    ] {
        let read = ReadStream::new(name.clone()).from(from).to(to).limit(limit);
        for read in [read.clone(), read.backward()] {
            let whole = store.read_stream(read.clone(), Vec::new()).await;
            let alone = store.read_stream(read.clone().payloads(), Vec::new()).await;
            assert_eq!(
                folded_from(&alone.expect("the payloads are read")),
                folded_from(&whole.expect("the whole is read")),
                "of {read:?}"
            );
        }
    }
}

/// What a state is folded from.
fn folded_from<'a>(
    events: &'a [RecordedEvent],
) -> Vec<(&'a StreamName, u64, &'a str, u16, &'a [u8])> {
    let parts = |event: &'a RecordedEvent| {
        let name: &str = &event.name;
        let payload: &[u8] = &event.payload;
        (
            &event.stream,
            event.version,
            name,
            event.schema_version,
            payload,
        )
    };
    events.iter().map(parts).collect()
}

/// A log of 100,000 events is shown in order to a visitor that keeps nothing; reading ends where the visitor ends it, and a visitor
/// that wants one event does not pay for the log.
pub async fn a_long_log_is_shown_row_by_row<F: StoreFactory>(factory: F) {
    const EVENTS: u64 = 100_000;
    const COMMIT: u64 = 2_000;
    let store = open(&factory).await;
    let name = stream("long");
    for version in (0..EVENTS).step_by(usize::try_from(COMMIT).unwrap_or(1)) {
        let batch = (0..COMMIT).map(|_| event("x")).collect();
        let appended = store.append(commit(&name, version, batch)).await;
        appended.expect("a commit of 2,000 events is appended");
    }
    for until in [1, 10, 999, EVENTS] {
        let read = ReadLog::after(Position::START);
        let shown = store.read_log(read, Row::until(until)).await;
        let shown = shown.expect("a part of the log is read").shown;
        assert_eq!(shown, until, "after `Break` nothing more is shown");
    }
    let (mut ones, mut alls) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        ones.push(time_to_read(&*store, &name, 1).await);
        alls.push(time_to_read(&*store, &name, EVENTS).await);
    }
    // Medians, since others use the machine too. A store that gathers first takes more than half of the time for one event.
    let (one, all) = (median(ones), median(alls));
    assert!(
        one < all / 10,
        "one event took {one:?} and all took {all:?}: rows are gathered before they are shown"
    );
}

/// How much more memory a replay may take than there was in use before it. The log is longer: half a kilobyte an event, without what a store adds.
const REPLAYED_WITHIN: u64 = 24 * 1024 * 1024;

/// The whole log and a whole stream of it, 100,000 events or as many as `EVENTSOURCE_EVENTS` says, are shown to a visitor that keeps nothing, and the
/// memory that the process has in use does not grow with them. It is counted where the system tells it: on Linux.
pub async fn a_long_log_is_replayed_in_bounded_memory<F: StoreFactory>(factory: F) {
    const COMMIT: u64 = 500;
    if memory::passes_alone() {
        return;
    }
    let asked = std::env::var("EVENTSOURCE_EVENTS").ok();
    let events: u64 = asked.and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let store = open(&factory).await;
    let name = stream("long");
    let text = "x".repeat(500);
    for version in (0..events).step_by(usize::try_from(COMMIT).unwrap_or(1)) {
        let batch = (version..events.min(version + COMMIT)).map(|_| event(&text));
        let appended = store.append(commit(&name, version, batch.collect())).await;
        appended.expect("a commit of 500 events is appended");
    }
    memory::forget_peak();
    let before = memory::peak();
    let log = ReadLog::after(Position::START);
    let log = store.read_log(log, Row::until(u64::MAX)).await;
    assert_eq!(log.expect("the log is read").shown, events);
    let whole = ReadStream::new(name.clone());
    let whole = store.read_stream(whole, Row::until(u64::MAX)).await;
    assert_eq!(whole.expect("the stream is read").shown, events);
    let (Some(before), Some(after)) = (before, memory::peak()) else {
        return claimed_in_part();
    };
    let grown = after.saturating_sub(before);
    assert!(
        grown < REPLAYED_WITHIN,
        "a replay of {events} events took {grown} bytes: memory grows with the log"
    );
}

/// How long it takes to be shown so many events, of the log and of the stream.
async fn time_to_read<S: EventStore>(store: &S, name: &StreamName, until: u64) -> Duration {
    let begun = Instant::now();
    let log = ReadLog::after(Position::START);
    let log = store.read_log(log, Row::until(until)).await;
    let stream = ReadStream::new(name.clone());
    let stream = store.read_stream(stream, Row::until(until)).await;
    let took = begun.elapsed();
    assert_eq!(log.expect("the log is read").shown, until);
    assert_eq!(stream.expect("the stream is read").shown, until);
    took
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Counts the events and their order, and keeps none.
struct Row {
    until: u64,
    shown: u64,
    before: Option<(Position, u32)>,
}

impl Row {
    fn until(until: u64) -> Self {
        Self {
            until,
            shown: 0,
            before: None,
        }
    }
}

impl Visitor for Row {
    fn event(&mut self, event: &Recorded<'_>) -> ControlFlow<()> {
        let place = Some((event.position, event.index));
        assert!(self.before < place, "the log is shown in its order");
        self.before = place;
        self.shown += 1;
        if self.shown < self.until {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }
}

/// What was appended is there for every read that begins after the answer, through the same store and through another on the same log.
pub async fn a_writer_reads_its_own_writes<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let beside = if reopens(&factory) {
        open(&factory).await
    } else {
        Arc::clone(&store)
    };
    let name = stream("own");
    for version in 0..50 {
        let committed = append(&*store, &name, version, 1).await;
        let position = committed.streams[0].position;
        for reader in [&*store, &*beside] {
            let stored = in_stream(reader, &name).await;
            assert_eq!(stored.len() as u64, version + 1);
            let log = in_log(reader).await;
            assert_eq!(log.last().map(|event| event.position), Some(position));
            assert_eq!(reader.head().await.expect("the head is read"), position);
        }
    }
}

/// Whatever the writers' clocks show, `recorded_at` never decreases within a stream; where the clock does not go back, it is kept to
/// the microsecond, and no stream raises another's.
pub async fn recorded_times_never_decrease_in_a_stream<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let (skewed, steady) = (stream("skewed"), stream("steady"));
    let clock = [1_000_001, 500, 2_000_002, 1_999_999, -7, 2_000_003];
    let expected = [
        1_000_001, 1_000_001, 2_000_002, 2_000_002, 2_000_002, 2_000_003,
    ];
    let past = Timestamp::from_micros(-5);
    for (version, micros) in (0..).zip(clock) {
        let id = uuid::Uuid::now_v7();
        let time = Timestamp::from_micros(micros);
        let commit = Commit::new(id, time, vec![part(&skewed, 2 * version, events(2))]);
        store.append(commit).await.expect("it is appended");
        let id = uuid::Uuid::now_v7();
        let commit = Commit::new(id, past, vec![part(&steady, version, events(1))]);
        store.append(commit).await.expect("it is appended");
    }
    let stored = in_stream(&*store, &skewed).await;
    assert_eq!(versions(&stored), (1..=12).collect::<Vec<_>>());
    let times: Vec<_> = stored
        .iter()
        .map(|event| event.recorded_at.as_micros())
        .collect();
    let twice: Vec<_> = expected.iter().flat_map(|time| [*time, *time]).collect();
    assert_eq!(times, twice, "times never decrease within a stream");
    for event in in_stream(&*store, &steady).await {
        assert_eq!(event.recorded_at, past, "no stream raises another's time");
    }
}
