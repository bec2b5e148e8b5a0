//! Its SQLite store, as its own `default_sqlite_pool` sets it up, but with `synchronous=FULL`.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use cpu_time::ProcessTime;
use cqrs_es::AggregateError;
use cqrs_es::persist::PersistedEventStore;
use measure::history::fact;
use measure::peer::{Answer, STREAM_EVENTS};
use sqlite_es::{SqliteCqrs, SqliteEventRepository};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Pool, Sqlite};

use crate::bank::{Account, AccountCommand};

/// The one table that is needed, from its `migrations/`.
const EVENTS: &str = "CREATE TABLE events (
  aggregate_type text NOT NULL, aggregate_id text NOT NULL, sequence integer CHECK (sequence >= 0) NOT NULL,
  event_type text NOT NULL, event_version text NOT NULL, payload text NOT NULL, metadata text NOT NULL,
  PRIMARY KEY (aggregate_type, aggregate_id, sequence)) STRICT";

/// The pool, and whether the file is new.
pub async fn pool(file: &Path) -> (Pool<Sqlite>, bool) {
    let new = !file.exists();
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true);
    let pool = SqlitePoolOptions::new()
        .max_connections(10)
        .connect_with(options)
        .await
        .expect("the database opens");
    if new {
        sqlx::query(EVENTS)
            .execute(&pool)
            .await
            .expect("the table is made");
    }
    (pool, new)
}

pub async fn fill(cqrs: &SqliteCqrs<Account>, account: &str, events: u64) {
    let events = (1..=events).map(|version| fact(version).into()).collect();
    cqrs.execute(account, AccountCommand::Fill(events))
        .await
        .expect("a new account takes events");
}

pub async fn commands(file: &Path, streams: usize, tasks: usize, commands: usize) -> Answer {
    let (pool, new) = pool(file).await;
    let cqrs = Arc::new(sqlite_es::sqlite_cqrs::<Account>(pool, vec![], ()));
    if new {
        for stream in 0..streams {
            fill(&cqrs, &stream.to_string(), STREAM_EVENTS).await;
        }
    }
    let next = Arc::new(AtomicUsize::new(0));
    let again = Arc::new(AtomicU64::new(0));
    let start = Instant::now();
    let workers: Vec<_> = (0..tasks)
        .map(|_| {
            let (cqrs, next, again) = (Arc::clone(&cqrs), Arc::clone(&next), Arc::clone(&again));
            tokio::spawn(async move {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= commands {
                        return;
                    }
                    let account = (at % streams).to_string();
                    loop {
                        let deposit = AccountCommand::Deposit {
                            amount: 5_000,
                            reference: "0000000000013".into(),
                        };
                        match cqrs.execute(&account, deposit).await {
                            Ok(()) => break,
                            Err(AggregateError::UserError(refusal)) => panic!("refused: {refusal}"),
                            Err(_) => again.fetch_add(1, Ordering::Relaxed),
                        };
                    }
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.expect("it does not panic");
    }
    Answer {
        value: commands as f64 / start.elapsed().as_secs_f64(),
        beside: again.load(Ordering::Relaxed) as f64,
    }
}

pub async fn load(file: &Path, events: usize) -> Answer {
    use cqrs_es::EventStore as _;

    let (pool, new) = pool(file).await;
    if new {
        let cqrs = sqlite_es::sqlite_cqrs::<Account>(pool.clone(), vec![], ());
        fill(&cqrs, "a-1", events as u64).await;
    }
    let store =
        PersistedEventStore::<_, Account>::new_event_store(SqliteEventRepository::new(pool));
    let mut figures = Vec::new();
    for _ in 0..5 {
        let start = ProcessTime::now();
        let mut loaded = store.load_aggregate("a-1").await.expect("it loads");
        let seconds = start.elapsed().as_secs_f64();
        assert!(cqrs_es::AggregateContext::aggregate(&mut loaded).balance > 0);
        figures.push(events as f64 / seconds);
    }
    measure::median(&figures).into()
}
