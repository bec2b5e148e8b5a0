//! Its SQLite executor, in WAL with `synchronous=FULL`.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use cpu_time::ProcessTime;
use evento::Sqlite;
use evento::migrator::{Migrate as _, Plan};
use measure::peer::{Answer, STREAM_EVENTS};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::bank;

/// The executor, and whether the file is new.
async fn open(file: &Path) -> anyhow::Result<(Sqlite, bool)> {
    let new = !file.exists();
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let pool = SqlitePoolOptions::new()
        .max_connections(10)
        .connect_with(options)
        .await?;
    if new {
        let mut connection = pool.acquire().await?;
        evento::sql_migrator::new::<sqlx::Sqlite>()?
            .run(&mut *connection, &Plan::apply_all())
            .await?;
    }
    Ok((pool.into(), new))
}

pub async fn commands(file: &Path, streams: usize, tasks: usize, commands: usize) -> Answer {
    let (executor, new) = open(file).await.expect("the database opens");
    if new {
        for stream in 0..streams {
            bank::fill(&executor, &format!("a-{stream}"), STREAM_EVENTS)
                .await
                .expect("a new account takes events");
        }
    }
    let next = Arc::new(AtomicUsize::new(0));
    let again = Arc::new(AtomicU64::new(0));
    let start = Instant::now();
    let workers: Vec<_> = (0..tasks)
        .map(|_| {
            let (executor, next, again) = (executor.clone(), Arc::clone(&next), Arc::clone(&again));
            tokio::spawn(async move {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= commands {
                        return;
                    }
                    let id = format!("a-{}", at % streams);
                    while bank::deposit(&executor, &id).await.is_err() {
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
    let (executor, new) = open(file).await.expect("the database opens");
    if new {
        bank::fill(&executor, "a-1", events as u64)
            .await
            .expect("a new account takes events");
    }
    let mut figures = Vec::new();
    for _ in 0..5 {
        let start = ProcessTime::now();
        let loaded = bank::account().load("a-1").execute(&executor).await;
        let seconds = start.elapsed().as_secs_f64();
        assert!(loaded.expect("it loads").expect("it is there").balance > 0);
        figures.push(events as f64 / seconds);
    }
    measure::median(&figures).into()
}
