//! What a runner does when it is told to stop at a bad moment.

#![cfg(test)]

mod commands;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use uuid::Uuid;

use super::trouble::Trouble;
use super::{Crew, Declarations, Next, Progress, ProjectionFailure, Runner, view_table};
use crate::prelude::*;
use crate::registry::Registry;
use crate::store::{
    Commit, EventStore, NewEvent, StoreError, StoreErrorKind, StreamCommit, ViewStore, ViewTable,
};
use crate::{MemoryStore, StreamName};

#[derive(Event, serde::Serialize, serde::Deserialize, Debug, Clone, PartialEq)]
#[event(name = "rung")]
struct Rung;

#[derive(Projection, Default, Debug, Clone, PartialEq)]
#[projection(name = "bells", version = 1, events(Rung))]
struct Bell {
    #[projection(key)]
    bell: String,
    times: u64,
}

impl Project<Rung> for Bell {
    fn project(&mut self, _: &Rung, _: &EventContext<'_>) {
        self.times += 1;
    }
}

struct Fixture {
    store: Arc<MemoryStore>,
    views: Arc<dyn ViewStore>,
    table: Arc<ViewTable>,
    stop: watch::Sender<bool>,
    runner: Runner<MemoryStore>,
}

/// A bell that was rung once, and a runner that has folded that in memory.
async fn folded() -> Fixture {
    let store = Arc::new(MemoryStore::new());
    let part = StreamCommit {
        stream: StreamName::new("bell", "b").unwrap(),
        expected_version: 0,
        events: vec![NewEvent {
            id: Uuid::now_v7(),
            name: "rung",
            schema_version: 1,
            payload: b"null".to_vec(),
            metadata: [].into(),
        }],
    };
    let commit = Commit::new(Uuid::now_v7(), Timestamp::now(), vec![part]);
    store.append(commit).await.unwrap();
    let views = store.views().unwrap();
    let table = Arc::new(view_table(Bell::DESCRIPTOR));
    let checkpoint = views.open(&table).await.unwrap();
    let crew = Crew {
        store: Arc::clone(&store),
        views: Arc::clone(&views),
        declarations: Arc::new(Declarations {
            registry: Registry::builder().projection::<Bell>().build(),
            allowed: Vec::new(),
        }),
        holder: Uuid::now_v7(),
        dispatcher: None,
        lease: Duration::from_secs(5),
    };
    let (progress, _) = watch::channel(Progress::at(checkpoint));
    let (stop, stopped) = watch::channel(false);
    let duty = crew.duty(Bell::DESCRIPTOR, Arc::clone(&table), progress, stopped);
    let mut runner = Runner::new(duty, checkpoint);
    assert!(runner.is_in_office().await.is_ok());
    assert!(runner.open().await.is_ok());
    runner.reopen = false;
    assert!(runner.read_page().await.is_ok());
    Fixture {
        store,
        views,
        table,
        stop,
        runner,
    }
}

fn unavailable() -> Trouble {
    let error = StoreError::new(StoreErrorKind::Unavailable, "the read side", "it is away");
    Trouble::Store(ProjectionFailure::Log(error))
}

#[tokio::test]
async fn a_stop_behind_a_failed_write_does_not_move_the_checkpoint_without_its_rows() {
    for trouble in [unavailable(), Trouble::Fenced] {
        let mut fixture = folded().await;
        // A write takes the changes out of memory before the store refuses them.
        assert!(!fixture.runner.shards.changes().unwrap().is_empty());
        assert!(fixture.runner.recover(trouble).await == Next::Continue);

        fixture.stop.send_replace(true);
        assert!(matches!(fixture.runner.step().await, Ok(Next::End)));

        let checkpoint = fixture.views.checkpoint(&fixture.table).await.unwrap();
        assert_eq!(checkpoint, Position::START);
        assert!(fixture.store.head().await.unwrap() > checkpoint);
    }
}

#[tokio::test]
async fn who_has_heard_of_the_stop_already_does_not_wait_again() {
    let mut fixture = folded().await;
    fixture.stop.send_replace(true);
    // The wait before has taken the signal.
    assert!(fixture.runner.duty.stop.changed().await.is_ok());

    let recovering = fixture.runner.recover(unavailable());
    let ended = tokio::time::timeout(Duration::from_secs(5), recovering).await;

    assert!(ended.is_ok_and(|next| next == Next::End));
}
