//! A whole log read with today's code, beside the bare decode of the same events: `cargo bench --bench verify`. In processor time of all
//! threads, so that it is the cost on each core.

use std::hint::black_box;
use std::sync::Arc;

use eventsource_benches::bank::{Deposited, Opened, Withdrawn};
use eventsource_benches::filled::new_event;
use eventsource_core::store::{
    Commit, EventStore as _, NewEvent, ReadLog, RecordedEvent, StreamCommit,
};
use eventsource_core::{
    App, Event as _, MemoryStore, Metadata, Position, Stored, StreamName, Timestamp,
};
use measure::nanoseconds;
use measure::peer::Answer;
use measure::race::{Race, Target};
use tokio::runtime::Runtime;
use uuid::Uuid;

const STREAMS: usize = 1_000;
const STREAM_LENGTH: u64 = 1_000;
const EVENTS: u64 = 1_000_000;
const ROUNDS: usize = 11;

const BARE: &str = "the bare decode";
const OURS: &str = "App::verify";

async fn filled() -> MemoryStore {
    let store = MemoryStore::new();
    let metadata: Arc<[u8]> = Metadata::new().encode().into();
    for stream in 0..STREAMS {
        let events: Vec<NewEvent> = (1..=STREAM_LENGTH)
            .map(|version| new_event(version, &metadata))
            .collect();
        let part = StreamCommit {
            stream: StreamName::new("account", &stream.to_string()).expect("a number is an id"),
            expected_version: 0,
            events,
        };
        let commit = Commit::new(Uuid::now_v7(), Timestamp::now(), vec![part]);
        store.append(commit).await.expect("the stream is new");
    }
    store
}

fn decode(event: &RecordedEvent) {
    let recorded = event.borrow();
    let stored = Stored::from(&recorded);
    let readable = "the event is as it was written";
    match recorded.name {
        "account.opened" => drop(black_box(Opened::decode(&stored).expect(readable))),
        "account.deposited" => drop(black_box(Deposited::decode(&stored).expect(readable))),
        _ => drop(black_box(Withdrawn::decode(&stored).expect(readable))),
    }
}

fn answer(value: f64) -> Answer {
    Answer { value, beside: 0.0 }
}

fn main() {
    let runtime = Runtime::new().expect("threads can be started");
    let store = runtime.block_on(filled());
    let all = ReadLog::after(Position::START);
    let events: Vec<RecordedEvent> = runtime
        .block_on(store.read_log(all, Vec::new()))
        .expect("memory is read");
    let app = runtime
        .block_on(App::builder(store).runner(false).start())
        .expect("the registry is sound");
    let found = runtime.block_on(app.verify()).expect("memory is read");
    assert!(found.is_sound() && found.events == EVENTS, "{found}");

    let mut race = Race::new(
        format!("{EVENTS} events of 60 bytes in memory"),
        "ns an event",
    );
    race.runner(BARE, || {
        let bare = || events.iter().for_each(decode);
        Some(answer(nanoseconds(EVENTS, bare)))
    });
    race.runner(OURS, || {
        let verify = || runtime.block_on(app.verify()).map(|found| found.events);
        Some(answer(nanoseconds(EVENTS, verify)))
    });
    let outcome = race.run(ROUNDS, true);
    // At least 0.8 of its speed.
    outcome.target(OURS, Target::AtMost(1.25));
}
