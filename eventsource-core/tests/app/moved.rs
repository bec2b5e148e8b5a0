//! Read models that are moved to a store in which events share positions, and from one.

use std::ops::ControlFlow;
use std::sync::Arc;

use eventsource_core::moving::{Move, MoveError, read_models};
use eventsource_core::prelude::*;
use eventsource_core::registry::Registry;
use eventsource_core::store::{
    AppendError, Commit, CommitRecord, Committed, Direction, EventStore, ReadLog, ReadStream,
    Recorded, StoreError, ViewStore, Visitor,
};
use uuid::Uuid;

use crate::domain::{Purse, PurseRow, fill, open, put, started};

/// A log in which each two events share a position.
#[derive(Clone)]
struct InPairs(MemoryStore);

fn pair(position: Position) -> Position {
    Position::from_raw(position.as_raw().div_ceil(2))
}

/// Sees the positions of pairs, and each pair to its end.
struct Pairs<V> {
    visitor: V,
    left: usize,
    last: Option<Position>,
}

impl<V: Visitor> Visitor for Pairs<V> {
    fn event(&mut self, event: &Recorded<'_>) -> ControlFlow<()> {
        let position = pair(event.position);
        if self.left == 0 && self.last != Some(position) {
            return ControlFlow::Break(());
        }
        self.left = self.left.saturating_sub(1);
        self.last = Some(position);
        self.visitor.event(&Recorded {
            position,
            index: u32::from(event.position.as_raw().is_multiple_of(2)),
            ..*event
        })
    }
}

impl EventStore for InPairs {
    async fn prepare(&self, migrate: bool) -> Result<(), StoreError> {
        self.0.prepare(migrate).await
    }

    async fn append(&self, commit: Commit) -> Result<Committed, AppendError> {
        self.0.append(commit).await
    }

    async fn find_commit(&self, id: Uuid) -> Result<Option<CommitRecord>, StoreError> {
        self.0.find_commit(id).await
    }

    async fn read_stream<V: Visitor>(&self, read: ReadStream, visitor: V) -> Result<V, StoreError> {
        let pairs = Pairs {
            visitor,
            left: usize::MAX,
            last: None,
        };
        Ok(self.0.read_stream(read, pairs).await?.visitor)
    }

    async fn read_log<V: Visitor>(&self, read: ReadLog, visitor: V) -> Result<V, StoreError> {
        let pairs = Pairs {
            visitor,
            left: read.limit,
            last: None,
        };
        let last = |pair: Position| pair.as_raw().saturating_mul(2);
        let read = match read.direction {
            Direction::Forward => ReadLog::after(Position::from_raw(last(read.cursor))),
            Direction::Backward => {
                ReadLog::before(Position::from_raw(last(read.cursor).saturating_sub(1)))
            }
        };
        Ok(self.0.read_log(read, pairs).await?.visitor)
    }

    async fn head(&self) -> Result<Position, StoreError> {
        Ok(pair(self.0.head().await?))
    }

    async fn wait(&self, after: Position) {
        self.0.wait(Position::from_raw(after.as_raw() * 2)).await;
    }

    async fn types(&self) -> Result<Vec<(String, u16)>, StoreError> {
        self.0.types().await
    }

    fn views(&self) -> Option<Arc<dyn ViewStore>> {
        self.0.views()
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.0.close().await
    }
}

fn purses() -> Registry {
    Registry::builder()
        .aggregate::<Purse>()
        .projection::<PurseRow>()
        .build()
}

fn at(position: u64) -> Position {
    Position::from_raw(position)
}

/// Moves the log, and what follows it.
async fn moved(from: &impl EventStore, to: &impl EventStore) -> Result<(), MoveError> {
    to.prepare(true).await?;
    Move::to(to).log_of(from).await?;
    let (old, new) = (from.views().unwrap(), to.views().unwrap());
    read_models(&purses(), (from, &*old), (to, &*new)).await?;
    Ok(())
}

async fn stops<S: EventStore>(app: &App<S>) -> Position {
    let Err(AppError::Stopped(error)) = app.settled().await else {
        panic!("the event cannot be read");
    };
    error.position().unwrap()
}

/// The fourth of six events cannot be read.
async fn six(store: &MemoryStore) -> App<MemoryStore> {
    let app = started(store, purses()).await;
    app.execute(open("a")).await.unwrap();
    app.execute(fill("a", 5)).await.unwrap();
    app.execute(fill("a", 6)).await.unwrap();
    put(store, "a", "purse.filled", 2, "{}").await;
    app.execute(open("b")).await.unwrap();
    app.execute(fill("b", 7)).await.unwrap();
    app
}

async fn coins<S: EventStore>(app: &App<S>) -> [u64; 2] {
    let view = || app.view::<PurseRow>();
    let (a, b) = (view().get(&"a".into()).await, view().get(&"b".into()).await);
    [a, b].map(|row| row.unwrap().unwrap().coins)
}

#[tokio::test]
async fn what_stopped_within_a_commit_is_not_moved_to_where_that_is_one_position() {
    let (old, new) = (MemoryStore::new(), InPairs(MemoryStore::new()));
    let app = six(&old).await;
    assert_eq!(stops(&app).await, at(4));
    app.shutdown().await.unwrap();

    let refused = moved(&old, &new).await.unwrap_err();

    assert!(
        matches!(&refused, MoveError::WithinCommit { position, .. } if *position == at(3)),
        "{refused}"
    );
    assert!(refused.to_string().contains("position 3"), "{refused}");
    assert_eq!(new.0.views().unwrap().versions("purses").await.unwrap(), []);
}

#[tokio::test]
async fn a_subscriber_that_stands_within_a_commit_sees_it_again_whole() {
    let (old, new) = (MemoryStore::new(), InPairs(MemoryStore::new()));
    six(&old).await.shutdown().await.unwrap();
    new.prepare(true).await.unwrap();

    let wanted = [1, 2, 3, 4].map(at);
    let moved = Move::to(&new).positions(wanted).log_of(&old).await.unwrap();

    assert_eq!(
        moved.positions.into_values().collect::<Vec<_>>(),
        [0, 1, 1, 2].map(at)
    );
}

#[tokio::test]
async fn a_skip_is_moved_to_the_position_of_its_event() {
    let (old, new) = (InPairs(MemoryStore::new()), MemoryStore::new());
    six(&old.0).await.shutdown().await.unwrap();
    old.0.views().unwrap().remove("purses").await.unwrap();
    let app = App::builder(old.clone())
        .registry(purses())
        .start()
        .await
        .unwrap();
    assert_eq!(stops(&app).await, at(2));
    app.skip::<PurseRow>(at(2), "both of them").await.unwrap();
    app.settled().await.unwrap();
    let before = coins(&app).await;
    assert_eq!(before, [5, 7]);

    moved(&old, &new).await.unwrap();

    app.shutdown().await.unwrap();
    let app = started(&new, purses()).await;
    app.settled().await.unwrap();
    assert_eq!(coins(&app).await, before);
    let skips = app.skips::<PurseRow>().await.unwrap();
    let told = skips.iter().map(|skip| (skip.position, &*skip.reason));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [(at(3), "both of them"), (at(4), "both of them")]
    );
    // And it holds there: the rows are the same when they are built anew.
    app.rebuild::<PurseRow>().await.unwrap();
    assert_eq!(coins(&app).await, before);
}

#[tokio::test]
async fn a_skip_of_one_event_is_not_moved_to_where_it_would_be_a_skip_of_two() {
    let old = MemoryStore::new();
    let app = six(&old).await;
    let position = stops(&app).await;
    app.skip::<PurseRow>(position, "one of them").await.unwrap();
    app.settled().await.unwrap();
    app.shutdown().await.unwrap();

    let refused = moved(&old, &InPairs(MemoryStore::new())).await.unwrap_err();

    assert!(
        matches!(&refused, MoveError::Skip { position, .. } if *position == at(4)),
        "{refused}"
    );
}

#[tokio::test]
async fn skips_of_all_events_of_a_position_become_one() {
    let (old, new) = (MemoryStore::new(), InPairs(MemoryStore::new()));
    let app = started(&old, purses()).await;
    app.execute(open("a")).await.unwrap();
    app.execute(fill("a", 5)).await.unwrap();
    for position in [3, 4] {
        put(&old, "a", "purse.filled", 2, "{}").await;
        assert_eq!(stops(&app).await, at(position));
        app.skip::<PurseRow>(at(position), "of two").await.unwrap();
    }
    app.settled().await.unwrap();
    app.shutdown().await.unwrap();

    moved(&old, &new).await.unwrap();

    let app = App::builder(new).registry(purses()).start().await.unwrap();
    let skips = app.skips::<PurseRow>().await.unwrap();
    let at_positions = skips.iter().map(|skip| skip.position);
    assert_eq!(at_positions.collect::<Vec<_>>(), [at(2)]);
}
