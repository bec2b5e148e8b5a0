//! Databases of ours, filled with the same events as the others'.

use std::path::Path;
use std::sync::Arc;

use eventsource_core::store::{Commit, EventStore, NewEvent, StreamCommit};
use eventsource_core::{App, Metadata, StreamName, Timestamp};
use eventsource_sqlite::SqliteStore;
use measure::history::fact;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::by_hand::sqlite::Failure;

/// Commits that are under way at a time.
const AT_A_TIME: usize = 64;

/// An app on a file that holds streams of `events` events each, committed at once.
///
/// # Errors
///
/// When the store refuses.
pub async fn app(file: &Path, streams: usize, events: u64) -> Result<App<SqliteStore>, Failure> {
    Ok(App::start(store(file, streams, events).await?).await?)
}

/// The store alone.
///
/// # Errors
///
/// When the store refuses.
pub async fn store(file: &Path, streams: usize, events: u64) -> Result<SqliteStore, Failure> {
    let store = Arc::new(SqliteStore::open(file).await?);
    store.prepare(true).await?;
    fill(
        &store,
        (0..streams).map(|stream| stream.to_string()),
        events,
    )
    .await?;
    Ok(SqliteStore::clone(&store))
}

/// Fills a store with accounts of these ids, of `events` events each.
///
/// # Errors
///
/// When the store refuses.
pub async fn fill<S: EventStore>(
    store: &Arc<S>,
    accounts: impl Iterator<Item = String>,
    events: u64,
) -> Result<(), Failure> {
    fill_by(store, accounts, events, AT_A_TIME).await
}

/// The same, with so many commits under way at a time.
///
/// # Errors
///
/// When the store refuses.
pub async fn fill_by<S: EventStore>(
    store: &Arc<S>,
    accounts: impl Iterator<Item = String>,
    events: u64,
    at_a_time: usize,
) -> Result<(), Failure> {
    let metadata: Arc<[u8]> = Metadata::new().encode().into();
    let all: Vec<String> = accounts.collect();
    for accounts in all.chunks(at_a_time) {
        let mut commits = JoinSet::new();
        for account in accounts {
            let stream = StreamName::new("account", account)?;
            let events = (1..=events).map(|version| new_event(version, &metadata));
            let part = StreamCommit {
                stream,
                expected_version: 0,
                events: events.collect(),
            };
            let commit = Commit::new(Uuid::now_v7(), Timestamp::now(), vec![part]);
            let store = Arc::clone(store);
            commits.spawn(async move { store.append(commit).await });
        }
        while let Some(committed) = commits.join_next().await {
            committed??;
        }
    }
    Ok(())
}

/// An event of an account as it is handed to a store.
#[must_use]
pub fn new_event(version: u64, metadata: &Arc<[u8]>) -> NewEvent {
    let (name, schema_version, payload) = fact(version).stored();
    NewEvent {
        id: Uuid::now_v7(),
        name,
        schema_version,
        payload: payload.into_bytes(),
        metadata: Arc::clone(metadata),
    }
}
