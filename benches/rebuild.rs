//! A read model of 100,000 accounts made from 1,000,000 events on SQLite: `cargo bench --bench rebuild`, with a peer
//! `cargo bench --bench rebuild -- --peers`.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use eventsource_benches::bank::{Account, Deposited, Opened, Withdrawn};
use eventsource_benches::by_hand;
use eventsource_benches::by_hand::sqlite::{Failure, connect, insert, stream_name};
use eventsource_benches::filled::new_event;
use eventsource_benches::peers::{self, Peer};
use eventsource_core::prelude::*;
use eventsource_core::registry::Registry;
use eventsource_core::store::{Commit, StreamCommit};
use eventsource_core::{Metadata, StreamName};
use eventsource_sqlite::SqliteStore;
use measure::history::fact;
use measure::peer::{Question, STREAM_EVENTS};
use measure::race::{Race, Target};
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;
use uuid::Uuid;

const EVENTS: usize = 1_000_000;
const ACCOUNTS: usize = 100_000;
const ROUNDS: usize = 5;
/// Events that one commit fills the database with.
const AT_A_TIME: usize = 500;

/// Events between two writings of the second program by hand.
const BATCH: usize = 10_000;

/// A peer writes and syncs for each event, so fewer accounts and fewer rounds tell enough.
const PEER_ACCOUNTS: usize = 1_000;
const PEER_ROUNDS: usize = 2;

const AT_THE_END: &str = "by hand, written at the end";
const IN_BATCHES: &str = "by hand, every 10,000 events";
/// A new read model, from the start of the app on.
const CATCH_UP: &str = "eventsource: catch-up";
/// `App::rebuild`: beside the served rows, then swapped.
const REBUILD: &str = "eventsource: rebuild";
/// A new read model whose keys a function gives, so that only what is read tells them.
const KEYED: &str = "eventsource: catch-up, key_with";

/// The read model of `examples/bank.rs`.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(name = "balances", version = 1, events(Opened, Deposited, Withdrawn))]
struct Balance {
    #[projection(key)]
    account: String,
    #[projection(index)]
    owner: String,
    amount: u64,
    deposits: u32,
}

impl Project<Opened> for Balance {
    fn project(&mut self, event: &Opened, _: &EventContext<'_>) {
        self.owner.clone_from(&event.owner);
    }
}

impl Project<Deposited> for Balance {
    fn project(&mut self, event: &Deposited, _: &EventContext<'_>) {
        self.amount += event.amount;
        self.deposits += 1;
    }
}

impl Project<Withdrawn> for Balance {
    fn project(&mut self, event: &Withdrawn, _: &EventContext<'_>) {
        self.amount -= event.amount;
    }
}

/// The same rows, whose keys a function gives.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(
    name = "balances",
    version = 1,
    events(
        Opened(key_with = of_opened),
        Deposited(key_with = of_deposited),
        Withdrawn(key_with = of_withdrawn)
    )
)]
struct KeyedBalance {
    #[projection(key)]
    account: String,
    #[projection(index)]
    owner: String,
    amount: u64,
    deposits: u32,
}

fn of_opened(_: &Opened, context: &EventContext<'_>) -> [String; 1] {
    [context.stream_id().to_owned()]
}

fn of_deposited(_: &Deposited, context: &EventContext<'_>) -> [String; 1] {
    [context.stream_id().to_owned()]
}

fn of_withdrawn(_: &Withdrawn, context: &EventContext<'_>) -> [String; 1] {
    [context.stream_id().to_owned()]
}

impl Project<Opened> for KeyedBalance {
    fn project(&mut self, event: &Opened, _: &EventContext<'_>) {
        self.owner.clone_from(&event.owner);
    }
}

impl Project<Deposited> for KeyedBalance {
    fn project(&mut self, event: &Deposited, _: &EventContext<'_>) {
        self.amount += event.amount;
        self.deposits += 1;
    }
}

impl Project<Withdrawn> for KeyedBalance {
    fn project(&mut self, event: &Withdrawn, _: &EventContext<'_>) {
        self.amount -= event.amount;
    }
}

/// The log's order: which account, and which of its events. Each account has ten; accounts are taken from all over, since that is what a
/// read model has to bear.
fn log() -> impl Iterator<Item = (usize, u64)> {
    (0..EVENTS).map(|at| {
        let version = at / ACCOUNTS;
        // 7,919 has no common divisor with the number of accounts, so that each is met once before any is met again.
        ((at * 7_919) % ACCOUNTS, version as u64 + 1)
    })
}

fn fill_by_hand(file: &Path) -> Result<(), Failure> {
    let mut connection = connect(file)?;
    let transaction = connection.transaction()?;
    for (account, version) in log() {
        let (name, schema_version, payload) = fact(version).stored();
        let event = by_hand::bank::New {
            name,
            version: schema_version,
            payload,
        };
        insert(&transaction, &stream_name(account), version, &event)?;
    }
    Ok(transaction.commit()?)
}

async fn fill_ours(file: &Path) -> Result<(), Failure> {
    let store = SqliteStore::open(file).await?;
    store.prepare(true).await?;
    let metadata: Arc<[u8]> = Metadata::new().encode().into();
    let log: Vec<_> = log().collect();
    for events in log.chunks(AT_A_TIME) {
        let mut streams = Vec::new();
        for (account, version) in events {
            streams.push(StreamCommit {
                stream: StreamName::new("account", &account.to_string())?,
                expected_version: version - 1,
                events: vec![new_event(*version, &metadata)],
            });
        }
        store
            .append(Commit::new(Uuid::now_v7(), Timestamp::now(), streams))
            .await?;
    }
    Ok(store.close().await?)
}

/// The app with one of the read models.
async fn start<P: Projection>(store: SqliteStore) -> Result<App<SqliteStore>, Failure> {
    let registry = Registry::builder().aggregate::<Account>().projection::<P>();
    Ok(App::builder(store)
        .registry(registry.build())
        .start()
        .await?)
}

/// Events a second, from a start on a file that has no read model to its being caught up.
async fn catch_up<P: Projection<Key = String>>(
    file: &Path,
    deposits: fn(P) -> u32,
) -> Result<f64, Failure> {
    let store = SqliteStore::open(file).await?;
    let begun = Instant::now();
    let app = start::<P>(store).await?;
    app.settled().await?;
    let seconds = begun.elapsed().as_secs_f64();
    check(&app, deposits).await?;
    app.shutdown().await?;
    Ok(measured(seconds))
}

/// Events a second of a rebuild, on a file whose read model is there.
async fn rebuild(file: &Path) -> Result<f64, Failure> {
    let app = start::<Balance>(SqliteStore::open(file).await?).await?;
    app.settled().await?;
    let begun = Instant::now();
    app.rebuild::<Balance>().await?;
    let seconds = begun.elapsed().as_secs_f64();
    check::<Balance>(&app, |row| row.deposits).await?;
    app.shutdown().await?;
    Ok(measured(seconds))
}

async fn check<P: Projection<Key = String>>(
    app: &App<SqliteStore>,
    deposits: fn(P) -> u32,
) -> Result<(), Failure> {
    for account in [0, ACCOUNTS - 1] {
        let row = app.view::<P>().get(&account.to_string()).await?;
        assert_eq!(row.map(deposits), Some(5));
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn measured(seconds: f64) -> f64 {
    EVENTS as f64 / seconds
}

fn copy(from: &Path, to: &Path) {
    for ending in ["-wal", "-shm"] {
        let mut beside = to.as_os_str().to_owned();
        beside.push(ending);
        let _ = std::fs::remove_file(beside);
    }
    std::fs::copy(from, to).expect("the database is copied");
}

fn main() {
    let peers = Peer::asked_for(peers::READ_MODELS);
    let runtime = Runtime::new().expect("a runtime starts");
    let directory = tempfile::tempdir().expect("a directory is made");
    let file = |name: &str| directory.path().join(name);
    let file = &file;
    fill_by_hand(&file("hand.db")).expect("the database is filled");
    runtime
        .block_on(fill_ours(&file("ours.db")))
        .expect("the database is filled");

    copy(&file("ours.db"), &file("built.db"));
    let built = file("built.db");
    let built = catch_up(&built, |row: Balance| row.deposits);
    runtime.block_on(built).expect("the read model is built");

    let mut race = Race::new(
        format!("{EVENTS} events, {ACCOUNTS} keys"),
        "events a second",
    );
    for (name, batch) in [(AT_THE_END, usize::MAX), (IN_BATCHES, BATCH)] {
        race.runner(name, move || {
            copy(&file("hand.db"), &file("hand-now.db"));
            let start = Instant::now();
            by_hand::rebuild::rebuild(&file("hand-now.db"), batch).expect("it is rebuilt");
            Some(measured(start.elapsed().as_secs_f64()).into())
        });
    }
    race.runner(CATCH_UP, || {
        copy(&file("ours.db"), &file("ours-now.db"));
        let deposits = |row: Balance| row.deposits;
        let caught_up = runtime.block_on(catch_up(&file("ours-now.db"), deposits));
        Some(caught_up.expect("it catches up").into())
    });
    race.runner(REBUILD, || {
        copy(&file("built.db"), &file("ours-now.db"));
        let rebuilt = runtime.block_on(rebuild(&file("ours-now.db")));
        Some(rebuilt.expect("it is rebuilt").into())
    });
    race.runner(KEYED, || {
        copy(&file("ours.db"), &file("ours-now.db"));
        let deposits = |row: KeyedBalance| row.deposits;
        let caught_up = runtime.block_on(catch_up(&file("ours-now.db"), deposits));
        Some(caught_up.expect("it catches up").into())
    });
    for peer in &peers {
        let file = file(peer.name());
        let mut rounds = 0;
        let (keys, events) = (PEER_ACCOUNTS, PEER_ACCOUNTS as u64 * STREAM_EVENTS);
        race.runner(
            format!("{} ({events} events, {keys} keys)", peer.name()),
            move || {
                rounds += 1;
                (rounds <= PEER_ROUNDS).then(|| {
                    peer.ask(&Question::Rebuild {
                        file: file.clone(),
                        streams: PEER_ACCOUNTS,
                    })
                })?
            },
        );
    }
    let outcome = race.run(ROUNDS, true);
    for name in [CATCH_UP, REBUILD] {
        outcome.target(name, Target::AtLeast(0.7));
    }
}
