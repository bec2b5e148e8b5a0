//! How much memory a read model takes while it is built from a long log: `cargo bench --bench memory`, and from one ten times as long
//! too `cargo bench --bench memory -- --long`. Linux only: the peak of the resident memory is in `/proc`.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use eventsource_benches::bank::{Account, Deposited, Opened, Withdrawn};
use eventsource_benches::filled::new_event;
use eventsource_core::prelude::*;
use eventsource_core::registry::Registry;
use eventsource_core::store::{Commit, StreamCommit};
use eventsource_core::{Metadata, StreamName};
use eventsource_sqlite::SqliteStore;
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;
use uuid::Uuid;

const EVENTS: u64 = 1_000_000;
const ACCOUNTS: u64 = 100_000;
/// Events that one commit fills the database with.
const AT_A_TIME: u64 = 10_000;

/// The most that is allowed, in MB above what the program has before.
const MOST: f64 = 200.0;

type Failure = Box<dyn std::error::Error>;

/// The read model of `examples/bank.rs`.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(name = "balances", version = 1, events(Opened, Deposited, Withdrawn))]
struct Balance {
    #[projection(key)]
    account: String,
    #[projection(index)]
    owner: String,
    amount: u64,
    deposits: u64,
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
        self.amount = self.amount.saturating_sub(event.amount);
    }
}

/// Each account's events, spread over the whole log.
async fn fill(file: &Path, events: u64) -> Result<(), Failure> {
    let store = SqliteStore::open(file).await?;
    store.prepare(true).await?;
    let metadata: Arc<[u8]> = Metadata::new().encode().into();
    for first in (0..events).step_by(usize::try_from(AT_A_TIME)?) {
        let mut streams = Vec::new();
        for number in first..first + AT_A_TIME {
            let version = number / ACCOUNTS;
            streams.push(StreamCommit {
                stream: StreamName::new("account", &(number % ACCOUNTS).to_string())?,
                expected_version: version,
                events: vec![new_event(version + 1, &metadata)],
            });
        }
        let commit = Commit::new(Uuid::now_v7(), Timestamp::now(), streams);
        store.append(commit).await?;
    }
    Ok(store.close().await?)
}

/// A line of this process's status, in MB.
fn megabytes(field: &str) -> Result<f64, Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    let kibibytes: f64 = number.ok_or("this is not Linux")?.parse()?;
    Ok(kibibytes / 1_000.0 * 1.024)
}

/// Lets the peak begin anew.
fn forget_peak() -> Result<(), Failure> {
    Ok(fs::write("/proc/self/clear_refs", "5")?)
}

async fn measure(file: &Path, events: u64) -> Result<(), Failure> {
    let store = SqliteStore::open(file).await?;
    let registry = Registry::builder()
        .aggregate::<Account>()
        .projection::<Balance>();
    let builder = App::builder(store).registry(registry.build());
    forget_peak()?;
    let before = megabytes("VmRSS")?;
    let start = Instant::now();
    let app = builder.start().await?;
    app.settled().await?;
    report("built from the log", events, start, before)?;

    forget_peak()?;
    let before = megabytes("VmRSS")?;
    let start = Instant::now();
    app.rebuild::<Balance>().await?;
    report("rebuilt beside the served one", events, start, before)?;
    Ok(app.shutdown().await?)
}

fn report(what: &str, events: u64, start: Instant, before: f64) -> Result<(), Failure> {
    let seconds = start.elapsed().as_secs_f64();
    let above = megabytes("VmHWM")? - before;
    let met = if above < MOST { "met" } else { "missed" };
    println!(
        "{events} events, {what}: peak {above:.0} MB above {before:.0} MB, in {seconds:.1} s (at most {MOST:.0} MB: {met})"
    );
    Ok(())
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [measured, file, events] = arguments.as_slice()
        && measured == "--measure"
    {
        return Runtime::new()?.block_on(measure(Path::new(file), events.parse()?));
    }
    let long = arguments.iter().any(|argument| argument == "--long");
    for events in [EVENTS].into_iter().chain(long.then_some(10 * EVENTS)) {
        let directory = tempfile::tempdir()?;
        let file = directory.path().join("bank.db");
        Runtime::new()?.block_on(fill(&file, events))?;
        // A program of its own: what the filling took is not there to be used again.
        let measured = Command::new(std::env::current_exe()?)
            .arg("--measure")
            .arg(file)
            .arg(events.to_string())
            .status()?;
        if !measured.success() {
            return Err("it could not be measured".into());
        }
    }
    Ok(())
}
