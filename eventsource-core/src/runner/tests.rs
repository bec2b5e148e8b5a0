//! What a runner does when it is told to stop at a bad moment.

#![cfg(test)]

mod commands;
mod cuts;
mod memory;
mod panics;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use uuid::Uuid;

use super::trouble::Trouble;
use super::{Crew, Declarations, Next, Progress, ProjectionFailure, Runner, view_table};
use crate::prelude::*;
use crate::projection::{FoldCause, FoldFailure};
use crate::registry::Registry;
use crate::store::{
    Commit, EventStore, Lease, NewEvent, Query, Skip, StoreError, StoreErrorKind, StreamCommit,
    ViewStore, ViewTable, ViewWrite,
};
use crate::{MemoryStore, StreamName};

#[derive(Event, serde::Serialize, serde::Deserialize, Debug, Clone, PartialEq)]
#[event(name = "rung")]
struct Rung;

#[derive(Command, serde::Serialize, serde::Deserialize, Debug, Clone)]
#[command(aggregate = Tower, name = "ring", upserts)]
struct Ring {
    #[command(id)]
    bell: String,
}

#[derive(Aggregate, Default, Debug, Clone)]
#[aggregate(name = "bell", id = String, error = std::convert::Infallible, events(Rung), commands(Ring))]
struct Tower;

impl Apply<Rung> for Tower {
    fn apply(&mut self, _: &Rung) {}
}

impl Handle<Ring> for Tower {
    fn handle(&self, _: Ring, _: &Context<'_, Self>) -> Decision<Self> {
        Ok(events![Rung])
    }
}

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
    progress: watch::Receiver<Progress>,
    runner: Runner<MemoryStore>,
}

/// A bell that was rung once, and a runner that has folded that in memory.
async fn folded() -> Fixture {
    folded_by::<Bell>().await
}

async fn folded_by<P: Projection>() -> Fixture {
    let mut fixture = fixture::<P>(1).await;
    assert!(fixture.runner.read_page().await.is_ok());
    fixture
}

/// A bell that was rung so often, and a runner that has taken the work up.
async fn fixture<P: Projection>(rings: usize) -> Fixture {
    fixture_of::<P>(&[("b", rings)]).await
}

/// Bells that were rung so often, one after the other, and a runner that has taken the work up.
async fn fixture_of<P: Projection>(rings: &[(&str, usize)]) -> Fixture {
    let store = Arc::new(MemoryStore::new());
    let rung = || NewEvent {
        id: Uuid::now_v7(),
        name: "rung",
        schema_version: 1,
        payload: b"null".to_vec(),
        metadata: [].into(),
    };
    let mut versions = HashMap::<&str, u64>::new();
    for (bell, times) in rings {
        let version = versions.entry(bell).or_default();
        let part = StreamCommit {
            stream: StreamName::new("bell", bell).unwrap(),
            expected_version: *version,
            events: (0..*times).map(|_| rung()).collect(),
        };
        *version += u64::try_from(*times).unwrap();
        let commit = Commit::new(Uuid::now_v7(), Timestamp::now(), vec![part]);
        store.append(commit).await.unwrap();
    }
    let views = store.views().unwrap();
    let table = Arc::new(view_table(P::DESCRIPTOR));
    let checkpoint = views.open(&table).await.unwrap();
    let crew = Crew {
        store: Arc::clone(&store),
        views: Arc::clone(&views),
        declarations: Arc::new(Declarations {
            registry: Registry::builder().projection::<P>().build(),
            allowed: Vec::new(),
        }),
        holder: Uuid::now_v7(),
        dispatcher: None,
        lease: Duration::from_secs(5),
    };
    let (progress, watched) = watch::channel(Progress::at(checkpoint));
    let (stop, stopped) = watch::channel(false);
    let duty = crew.duty(P::DESCRIPTOR, Arc::clone(&table), progress, stopped);
    let mut runner = Runner::new(duty, checkpoint);
    assert!(runner.is_in_office().await.is_ok());
    assert!(runner.open().await.is_ok());
    runner.reopen = false;
    Fixture {
        store,
        views,
        table,
        stop,
        progress: watched,
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

#[tokio::test]
async fn an_event_that_an_operator_has_passed_over_a_moment_ago_stops_nobody() {
    let mut fixture = folded().await;
    let log = fixture.runner.duty.crew.store.head().await.unwrap();
    let failure = || {
        Box::new(FoldFailure {
            position: log,
            stream: "bell-b".to_owned(),
            stream_version: 1,
            name: "rung".to_owned(),
            schema_version: 1,
            cause: FoldCause::Panic,
        })
    };
    assert!(fixture.runner.recover(Trouble::Event(failure())).await == Next::Continue);
    assert!(fixture.runner.stop_at.take().is_some());

    let skip = Skip::new(log, "broken", Timestamp::now());
    fixture.views.skip(&fixture.table, skip).await.unwrap();
    assert!(fixture.runner.recover(Trouble::Event(failure())).await == Next::Continue);

    assert!(fixture.runner.stop_at.is_none());
    // What it has in memory may lack the skip: it has to begin a new term.
    fixture.runner.cursor = log;
    let deposed = fixture.runner.write().await;
    assert!(matches!(deposed, Err(Trouble::Deposed)));
    assert!(fixture.runner.recover(Trouble::Deposed).await == Next::Continue);
    assert!(matches!(fixture.runner.is_in_office().await, Ok(true)));
    assert!(std::mem::take(&mut fixture.runner.reopen));
    assert!(fixture.runner.open().await.is_ok());
    assert!(matches!(fixture.runner.take_page().await, Ok(false)));
    assert!(fixture.runner.write().await.is_ok());
    let rows = fixture.views.query(&fixture.table, Query::default()).await;
    assert!(rows.unwrap().is_empty());
}

#[tokio::test]
async fn whoever_ends_lets_another_one_work_at_once() {
    let Fixture {
        views,
        table,
        stop,
        runner,
        ..
    } = folded().await;
    stop.send_replace(true);

    runner.run().await;

    let lease = views.lease(&table, Uuid::now_v7(), Duration::from_secs(5));
    assert!(matches!(lease.await, Ok(Lease::Held { .. })));
}

#[tokio::test]
async fn whoever_ends_in_the_middle_of_trouble_lets_another_one_work_at_once() {
    let Fixture {
        views,
        table,
        stop,
        mut runner,
        ..
    } = folded().await;
    // The write is fenced, and the stop is heard in the pause behind that.
    let moved = ViewWrite::new(Position::START, Position::START.next());
    views.write(&table, moved).await.unwrap();
    runner.cursor = Position::START.next();
    stop.send_replace(true);

    runner.run().await;

    let lease = views.lease(&table, Uuid::now_v7(), Duration::from_secs(5));
    assert!(matches!(lease.await, Ok(Lease::Held { .. })));
}
