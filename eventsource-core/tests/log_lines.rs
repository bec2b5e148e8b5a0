//! What an operator reads in the log of a program. In a process of its own: which lines are told is settled for the whole process.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use eventsource_core::StreamName;
use eventsource_core::prelude::*;
use eventsource_core::registry::Registry;
use eventsource_core::store::{Commit, NewEvent, StreamCommit};
use serde::{Deserialize, Serialize};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, set_default};
use tracing::{Event, Level, Metadata, Subscriber};

use uuid::Uuid;

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "purse.filled")]
struct Filled {
    amount: u64,
}

#[derive(Projection, Default, Debug, Clone, PartialEq)]
#[projection(name = "purses", version = 1, events(Filled))]
struct PurseRow {
    #[projection(key)]
    purse: String,
    coins: u64,
}

impl Project<Filled> for PurseRow {
    fn project(&mut self, event: &Filled, _: &EventContext<'_>) {
        self.coins += event.amount;
    }
}

/// Writes what no program of today writes.
async fn put(store: &MemoryStore, payload: &str) {
    let event = NewEvent {
        id: Uuid::now_v7(),
        name: "purse.filled",
        schema_version: 1,
        payload: payload.as_bytes().to_vec(),
        metadata: [].into(),
    };
    let part = StreamCommit {
        stream: StreamName::new("purse", "a").unwrap(),
        expected_version: 0,
        events: vec![event],
    };
    let commit = Commit::new(Uuid::now_v7(), Timestamp::now(), vec![part]);
    store.append(commit).await.unwrap();
}

/// The lines that were told on this thread, each with its level.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<(Level, String)>>>);

impl Lines {
    /// Listens on this thread, as long as the guard is kept.
    fn listen() -> (Self, DefaultGuard) {
        let lines = Self::default();
        let guard = set_default(lines.clone());
        (lines, guard)
    }

    /// The one line of this level that says so.
    fn one(&self, level: Level, says: &str) -> String {
        let lines = self.0.lock().unwrap();
        let found = lines
            .iter()
            .filter(|(of, line)| *of == level && line.contains(says))
            .map(|(_, line)| line.clone())
            .collect::<Vec<_>>();
        assert_eq!(found.len(), 1, "{says}: {lines:?}");
        found[0].clone()
    }
}

impl Subscriber for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        let level = *event.metadata().level();
        self.0.lock().unwrap().push((level, line.0));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }
}

#[tokio::test]
async fn a_stop_is_a_line_with_the_position_the_event_and_the_cause_and_so_is_a_skip() {
    let (lines, _listening) = Lines::listen();
    let store = MemoryStore::new();
    put(&store, r#"{"amount":"SECRET"}"#).await;
    let registry = Registry::builder().event::<Filled>();
    let app = App::builder(store)
        .registry(registry.projection::<PurseRow>().build())
        .start()
        .await
        .unwrap();
    let position = Position::from_raw(1);
    let stopped = app.view::<PurseRow>().after(position);
    assert!(matches!(
        stopped.get(&"a".to_owned()).await,
        Err(ViewError::Stopped(_))
    ));

    let line = lines.one(Level::ERROR, "projection purses version 1 has stopped");
    for part in ["purse.filled", "position 1", "purse-a", "amount"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(!line.contains("SECRET"), "{line}");

    app.skip::<PurseRow>(position, "the incident of 3 March")
        .await
        .unwrap();

    let line = lines.one(Level::WARN, "the incident of 3 March");
    for part in ["projection=\"purses\"", "version=1", "position=1"] {
        assert!(line.contains(part), "{part}: {line}");
    }
}
