//! What every peer's program does with a database of PostgreSQL: deposits by so many tasks at a time.

use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use tokio::task::JoinSet;

use crate::peer::Answer;

/// A command that was refused so often will be refused for ever.
const ATTEMPTS: u32 = 100_000;

/// Lets so many tasks make so many deposits into the accounts from 0 to `streams`, each in its turn. `deposit` tries one; what fails, because
/// the stream has moved on or because the server has turned the transaction down, is tried again, and counted.
///
/// # Panics
///
/// When a deposit is never taken.
#[allow(clippy::cast_precision_loss, reason = "figures for people")]
pub async fn deposits<D, F, E>(streams: usize, tasks: usize, commands: usize, deposit: D) -> Answer
where
    D: Fn(usize) -> F + Clone + Send + 'static,
    F: Future<Output = Result<(), E>> + Send,
    E: Display,
{
    let next = Arc::new(AtomicUsize::new(0));
    let again = Arc::new(AtomicU64::new(0));
    let start = Instant::now();
    let mut tellers = JoinSet::new();
    for _ in 0..tasks {
        let (next, again, deposit) = (Arc::clone(&next), Arc::clone(&again), deposit.clone());
        tellers.spawn(async move {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                if at >= commands {
                    return;
                }
                let mut attempts = 1;
                while let Err(refusal) = deposit(at % streams).await {
                    assert!(attempts < ATTEMPTS, "never taken: {refusal}");
                    attempts += 1;
                    again.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
    }
    while let Some(teller) = tellers.join_next().await {
        teller.expect("it does not panic");
    }
    Answer {
        value: commands as f64 / start.elapsed().as_secs_f64(),
        beside: again.load(Ordering::Relaxed) as f64,
    }
}

/// Loads one stream of so many events, over and over, and answers with the events a second. `load` answers with the balance.
///
/// # Panics
///
/// When the balance is not that of the events.
#[allow(clippy::cast_precision_loss, reason = "figures for people")]
pub async fn loads<L, F>(events: usize, load: L) -> Answer
where
    L: Fn() -> F,
    F: Future<Output = u64>,
{
    const LOADS: usize = 10;
    let balance = crate::history::balance(events as u64);
    assert_eq!(load().await, balance);
    let start = Instant::now();
    for _ in 0..LOADS {
        assert_eq!(load().await, balance);
    }
    ((LOADS * events) as f64 / start.elapsed().as_secs_f64()).into()
}
