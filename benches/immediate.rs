//! What it costs an append that a read model is folded in its transaction: `cargo bench --bench immediate`.
//!
//! The same commands, on the same streams of 10 events, in programs whose one read model is eventual, immediate, or missing. Every command
//! changes one row of a read model with 16,000 rows. What the runner of an eventual one does meanwhile is a part of what it costs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use eventsource_benches::bank::{Account, Deposit, Deposited, Opened, Withdrawn};
use eventsource_benches::filled;
use eventsource_core::prelude::*;
use eventsource_core::registry::{Registry, RegistryBuilder};
use eventsource_sqlite::SqliteStore;
use measure::peer::{Answer, STREAM_EVENTS};
use measure::race::{Race, Target};
use measure::rate;
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;

/// Enough that in one round no stream is asked for twice.
const STREAMS: usize = 16_000;
const ROUNDS: usize = 9;

/// The read model of `examples/bank.rs`.
macro_rules! balances {
    ($name:ident, $of:tt) => {
        #[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
        #[projection(name = "sums", version = 1, consistency = $of, events(Opened, Deposited, Withdrawn))]
        struct $name {
            #[projection(key)]
            account: String,
            #[projection(index)]
            owner: String,
            amount: u64,
            deposits: u32,
        }

        impl Project<Opened> for $name {
            fn project(&mut self, event: &Opened, _: &EventContext<'_>) {
                self.owner.clone_from(&event.owner);
            }
        }

        impl Project<Deposited> for $name {
            fn project(&mut self, event: &Deposited, _: &EventContext<'_>) {
                self.amount += event.amount;
                self.deposits += 1;
            }
        }

        impl Project<Withdrawn> for $name {
            fn project(&mut self, event: &Withdrawn, _: &EventContext<'_>) {
                self.amount -= event.amount;
            }
        }
    };
}

balances!(Eventual, "eventual");
balances!(Immediate, "immediate");

/// A program with its own file, and which account's turn it is.
struct Program {
    _directory: tempfile::TempDir,
    app: App<SqliteStore>,
    turn: Arc<AtomicUsize>,
}

impl Program {
    fn start(runtime: &Runtime, add: impl FnOnce(RegistryBuilder) -> RegistryBuilder) -> Self {
        let directory = tempfile::tempdir().expect("a directory is made");
        let file = directory.path().join("bank.db");
        let app = runtime.block_on(async {
            let store = filled::store(&file, STREAMS, STREAM_EVENTS)
                .await
                .expect("the database is filled");
            let registry = add(Registry::builder().aggregate::<Account>()).build();
            let app = App::builder(store).registry(registry).start().await;
            let app = app.expect("it starts");
            app.settled().await.expect("the read model is built");
            app
        });
        Self {
            _directory: directory,
            app,
            turn: Arc::default(),
        }
    }

    fn deposits(&self, runtime: &Runtime, tasks: usize, commands: usize) -> Answer {
        let end = self.turn.load(Ordering::Relaxed) + commands;
        let rate = rate(commands as u64, || {
            runtime.block_on(async {
                let tasks: Vec<_> = (0..tasks)
                    .map(|_| {
                        let (app, turn) = (self.app.clone(), Arc::clone(&self.turn));
                        tokio::spawn(async move {
                            loop {
                                let account = turn.fetch_add(1, Ordering::Relaxed);
                                if account >= end {
                                    break;
                                }
                                app.execute(Deposit {
                                    account: (account % STREAMS).to_string(),
                                    amount: 5_000,
                                    reference: "0000000000013".into(),
                                })
                                .await
                                .expect("a deposit is taken");
                            }
                        })
                    })
                    .collect();
                for task in tasks {
                    task.await.expect("it does not panic");
                }
            });
        });
        self.turn.store(end, Ordering::Relaxed);
        // What the runner has left is not the next contender's to wait for.
        runtime
            .block_on(self.app.settled())
            .expect("the read model follows");
        rate.into()
    }
}

fn main() {
    let runtime = Runtime::new().expect("a runtime starts");
    let programs = [
        (
            "eventual",
            Program::start(&runtime, RegistryBuilder::projection::<Eventual>),
        ),
        (
            "immediate",
            Program::start(&runtime, RegistryBuilder::projection::<Immediate>),
        ),
        (
            "no read model",
            Program::start(&runtime, |registry| registry),
        ),
    ];
    for (tasks, commands) in [(1, 3_000), (8, 8_000)] {
        let mut race = Race::new(
            format!("{tasks} at a time, {commands} commands a round"),
            "commands a second",
        );
        for (name, program) in &programs {
            let runtime = &runtime;
            race.runner(*name, move || {
                Some(program.deposits(runtime, tasks, commands))
            });
        }
        // At most 1.5 times an eventual one's time.
        let outcome = race.run(ROUNDS, true);
        outcome.target("immediate", Target::AtLeast(0.667));
        if let Some(ratio) = outcome.ratio("immediate") {
            println!(
                "an append costs {:.2} times what it costs beside an eventual one (at most 1.5)",
                1.0 / ratio
            );
        }
    }
    for (_, program) in &programs {
        runtime
            .block_on(program.app.shutdown())
            .expect("it shuts down");
    }
}
