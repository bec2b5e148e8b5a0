//! How far a live read model is behind the log at 2,000 commits a second: `cargo bench --bench lag`.
//!
//! Commits begin at their times, whether or not the ones before were answered (an open loop), so that a store that falls behind shows it. Of
//! every 20th one it is measured how long after its answer a reader that waits for it (`after`) has its row.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use eventsource_benches::bank::{Account, Deposited, Open, Opened, Withdrawn};
use eventsource_core::prelude::*;
use eventsource_core::registry::{Registry, RegistryBuilder};
use eventsource_sqlite::SqliteStore;
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

/// Commits a second, and how many begin together.
const RATE: u32 = 2_000;
const AT_ONCE: u32 = 2;

const WARM_UP: Duration = Duration::from_secs(2);
const MEASURED: Duration = Duration::from_secs(10);
const SAMPLED: u32 = 20;

/// The read model of `examples/bank.rs`, under a name of its own.
macro_rules! balance {
    ($module:ident, $name:literal) => {
        mod $module {
            use super::*;

            #[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
            #[projection(name = $name, version = 1, events(Opened, Deposited, Withdrawn))]
            pub struct Balance {
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
        }
    };
}

balance!(first, "balances_1");
balance!(second, "balances_2");
balance!(third, "balances_3");
balance!(fourth, "balances_4");
balance!(fifth, "balances_5");

/// Waits until a read model shows an account.
type Seen = fn(App<SqliteStore>, Position, String) -> Pin<Box<dyn Future<Output = ()> + Send>>;

fn seen<P: Projection<Key = String>>(
    app: App<SqliteStore>,
    position: Position,
    account: String,
) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        let row = app.view::<P>().after(position).get(&account).await;
        assert!(row.expect("it can be read").is_some());
    })
}

/// What was measured, in milliseconds.
#[derive(Default)]
struct Times {
    /// From a commit's answer to its row.
    lag: Vec<f64>,
    /// From when a commit was due to its answer.
    commit: Vec<f64>,
}

async fn measure(registry: RegistryBuilder, models: &'static [Seen]) -> Times {
    let directory = tempfile::tempdir().expect("a directory is made");
    let store = SqliteStore::open(directory.path().join("bank.db")).await;
    let builder = App::builder(store.expect("it opens")).registry(registry.build());
    let app = builder.start().await.expect("it starts");
    let mut ticks = interval(Duration::from_secs(1) * AT_ONCE / RATE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut commits = JoinSet::new();
    let (start, mut number) = (Instant::now(), 0_u32);
    while start.elapsed() < WARM_UP + MEASURED {
        ticks.tick().await;
        for _ in 0..AT_ONCE {
            let (app, due) = (app.clone(), start + Duration::from_secs(1) * number / RATE);
            let model = models[number as usize / SAMPLED as usize % models.len()];
            let sampled = number.is_multiple_of(SAMPLED).then_some(model);
            let account = number.to_string();
            commits.spawn(async move {
                let owner = "ada@example.com".to_owned();
                let open = Open {
                    account: account.clone(),
                    owner,
                };
                let receipt = app.execute(open).await.expect("an account is opened");
                let answered = Instant::now();
                if let Some(seen) = sampled {
                    seen(app, receipt.position(), account).await;
                }
                let lag = sampled.map(|_| answered.elapsed());
                (due, answered.saturating_duration_since(due), lag)
            });
            number += 1;
        }
    }
    let mut times = Times::default();
    for (due, commit, lag) in commits.join_all().await {
        if due.saturating_duration_since(start) >= WARM_UP {
            times.commit.push(milliseconds(commit));
            times.lag.extend(lag.map(milliseconds));
        }
    }
    app.shutdown().await.expect("it shuts down");
    times
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// So many of a hundred are no more than this.
fn percentile(figures: &mut [f64], of_hundred: usize) -> f64 {
    figures.sort_by(f64::total_cmp);
    let place = figures.len() * of_hundred / 100;
    figures.get(place).copied().unwrap_or(f64::NAN)
}

fn main() {
    const MODELS: [Seen; 5] = [
        seen::<first::Balance>,
        seen::<second::Balance>,
        seen::<third::Balance>,
        seen::<fourth::Balance>,
        seen::<fifth::Balance>,
    ];
    let runtime = Runtime::new().expect("a runtime starts");
    let one = || {
        Registry::builder()
            .aggregate::<Account>()
            .projection::<first::Balance>()
    };
    let five = || {
        one()
            .projection::<second::Balance>()
            .projection::<third::Balance>()
            .projection::<fourth::Balance>()
            .projection::<fifth::Balance>()
    };
    println!("\n{RATE} commits a second, for {} s", MEASURED.as_secs());
    println!(
        "{:<18} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "", "lag p50", "p99", "commit", "p99", "a second"
    );
    let programs: [(_, _, &'static [Seen]); 2] = [
        ("one read model", one(), &MODELS[..1]),
        ("five read models", five(), &MODELS),
    ];
    for (name, registry, models) in programs {
        let mut times = runtime.block_on(measure(registry, models));
        let [lag, lag99] = [50, 99].map(|it| percentile(&mut times.lag, it));
        let [commit, commit99] = [50, 99].map(|it| percentile(&mut times.commit, it));
        let answered = times.commit.len() as u64 / MEASURED.as_secs();
        println!(
            "{name:<18} {lag:>6.2} ms {lag99:>6.2} ms {commit:>6.2} ms {commit99:>6.2} ms {answered:>9}"
        );
    }
}
