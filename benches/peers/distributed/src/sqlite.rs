//! Its SQLite repository, on a pool of its own default size, in WAL with `synchronous=FULL`.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use cpu_time::ProcessTime;
use distributed::{AggregateBuilder, AggregateRepository, SqliteRepository};
use measure::history::fact;
use measure::peer::{Answer, STREAM_EVENTS};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::bank::Account;

type Accounts = AggregateRepository<SqliteRepository, Account>;

/// The repository, and whether the file is new.
async fn open(file: &Path) -> (Accounts, bool) {
    let new = !file.exists();
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let pool = SqlitePoolOptions::new()
        .max_connections(5)
        .connect_with(options)
        .await
        .expect("the database opens");
    let repository = SqliteRepository::new(pool);
    if new {
        repository.migrate().await.expect("the tables are made");
    }
    (repository.aggregate::<Account>(), new)
}

async fn fill(accounts: &Accounts, id: &str, events: u64) {
    let mut account = Account::default();
    for version in 1..=events {
        account.record(id, fact(version));
    }
    accounts
        .commit(&mut account)
        .await
        .expect("a new account takes events");
}

async fn deposit(accounts: &Accounts, id: &str) -> Result<(), distributed::RepositoryError> {
    let mut account = accounts.get(id).await?.expect("it is there");
    account
        .deposit(5_000, "0000000000013".into(), "EUR".into())
        .expect("an event is recorded");
    accounts.commit(&mut account).await
}

pub async fn commands(file: &Path, streams: usize, tasks: usize, commands: usize) -> Answer {
    let (accounts, new) = open(file).await;
    if new {
        for stream in 0..streams {
            fill(&accounts, &stream.to_string(), STREAM_EVENTS).await;
        }
    }
    let accounts = Arc::new(accounts);
    let next = Arc::new(AtomicUsize::new(0));
    let again = Arc::new(AtomicU64::new(0));
    let start = Instant::now();
    let workers: Vec<_> = (0..tasks)
        .map(|_| {
            let (accounts, next, again) =
                (Arc::clone(&accounts), Arc::clone(&next), Arc::clone(&again));
            tokio::spawn(async move {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= commands {
                        return;
                    }
                    let id = (at % streams).to_string();
                    while deposit(&accounts, &id).await.is_err() {
                        again.fetch_add(1, Ordering::Relaxed);
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
    let (accounts, new) = open(file).await;
    if new {
        fill(&accounts, "a-1", events as u64).await;
    }
    let mut figures = Vec::new();
    for _ in 0..5 {
        let start = ProcessTime::now();
        let loaded = accounts.get("a-1").await.expect("it loads");
        let seconds = start.elapsed().as_secs_f64();
        assert!(loaded.expect("it is there").balance > 0);
        figures.push(events as f64 / seconds);
    }
    measure::median(&figures).into()
}
