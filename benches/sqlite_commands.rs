//! Load a stream of 10 events, decide, append one, on a file in SQLite's WAL with `synchronous=FULL`: `cargo bench --bench sqlite_commands`,
//! with the peers `cargo bench --bench sqlite_commands -- --peers`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use eventsource_benches::bank::Deposit;
use eventsource_benches::by_hand::grouped::Bank;
use eventsource_benches::by_hand::sqlite::{self, Failure};
use eventsource_benches::filled;
use eventsource_benches::peers::{self, Peer};
use eventsource_core::App;
use eventsource_sqlite::SqliteStore;
use measure::peer::{Answer, Database, Question, STREAM_EVENTS};
use measure::race::{Outcome, Race, Target};
use measure::rate;
use tokio::runtime::Runtime;

/// Enough that in one round no stream is asked for twice.
const STREAMS: usize = 16_000;
const ROUNDS: usize = 9;
/// Peers are slower by so much that fewer rounds tell enough.
const PEER_ROUNDS: usize = 3;

const PLAIN: &str = "by hand, plain";
const GROUPED: &str = "by hand, grouped, tasks";
const GROUPED_THREADS: &str = "by hand, grouped, threads";
const OURS: &str = "eventsource: App::execute";

/// Deals out accounts, each in its turn, over all rounds.
#[derive(Clone, Default)]
struct Turns(Arc<AtomicUsize>);

impl Turns {
    /// The accounts of one round, for any number of tasks.
    fn round(&self, commands: usize) -> impl Iterator<Item = usize> + Clone + Send + 'static {
        let turns = self.clone();
        let end = turns.0.load(Ordering::Relaxed) + commands;
        std::iter::from_fn(move || {
            // A task takes a number and gives it back when the round is over.
            let at = turns.0.fetch_add(1, Ordering::Relaxed);
            if at < end {
                return Some(at % STREAMS);
            }
            turns.0.fetch_sub(1, Ordering::Relaxed);
            None
        })
    }
}

/// Every contender's own file, filled alike.
struct Files {
    directory: tempfile::TempDir,
}

impl Files {
    fn of(&self, contender: &str) -> PathBuf {
        self.directory.path().join(format!("{contender}.db"))
    }
}

fn by_hand_grouped(
    runtime: &Runtime,
    file: &Path,
    tasks: usize,
    commands: usize,
    turns: &Turns,
) -> Answer {
    let bank = Bank::open(file).expect("the database opens");
    let tellers: Vec<_> = (0..tasks)
        .map(|_| bank.teller().expect("the database opens"))
        .collect();
    let accounts = turns.round(commands);
    rate(commands as u64, || {
        runtime.block_on(async {
            let tasks: Vec<_> = tellers
                .into_iter()
                .map(|mut teller| {
                    let accounts = accounts.clone();
                    tokio::spawn(async move {
                        for account in accounts {
                            teller.deposit(account).await?;
                        }
                        Ok::<(), Failure>(())
                    })
                })
                .collect();
            for task in tasks {
                task.await
                    .expect("it does not panic")
                    .expect("a deposit is taken");
            }
        });
    })
    .into()
}

fn by_hand_threads(file: &Path, tasks: usize, commands: usize, turns: &Turns) -> Answer {
    let bank = Bank::open(file).expect("the database opens");
    let tellers: Vec<_> = (0..tasks)
        .map(|_| bank.teller().expect("the database opens"))
        .collect();
    let accounts = turns.round(commands);
    rate(commands as u64, || {
        std::thread::scope(|scope| {
            for teller in tellers {
                let accounts = accounts.clone();
                scope.spawn(move || {
                    for account in accounts {
                        teller
                            .deposit_blocking(account)
                            .expect("a deposit is taken");
                    }
                });
            }
        });
    })
    .into()
}

fn ours(
    runtime: &Runtime,
    app: &App<SqliteStore>,
    tasks: usize,
    commands: usize,
    turns: &Turns,
) -> Answer {
    let accounts = turns.round(commands);
    rate(commands as u64, || {
        runtime.block_on(async {
            let tasks: Vec<_> = (0..tasks)
                .map(|_| {
                    let (app, accounts) = (app.clone(), accounts.clone());
                    tokio::spawn(async move {
                        for account in accounts {
                            app.execute(Deposit {
                                account: account.to_string(),
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
    })
    .into()
}

fn main() {
    let runtime = Runtime::new().expect("a runtime starts");
    let files = Files {
        directory: tempfile::tempdir().expect("a directory is made"),
    };
    let peers = Peer::asked_for(peers::SQLITE);
    for contender in ["plain", "tasks", "threads"] {
        sqlite::fill(&files.of(contender), STREAMS, STREAM_EVENTS).expect("the database is filled");
    }
    let app = runtime
        .block_on(filled::app(&files.of("ours"), STREAMS, STREAM_EVENTS))
        .expect("the database is filled");
    let turns: [Turns; 4] = Default::default();
    for (tasks, commands) in [(1, 3_000), (8, 8_000), (64, 16_000)] {
        let outcome = race(&runtime, &files, &app, &peers, &turns, tasks, commands);
        if tasks == 1 {
            outcome.target(OURS, Target::AtLeast(0.9));
        } else {
            outcome.target(OURS, Target::AtLeast(0.85));
        }
    }
    runtime.block_on(app.shutdown()).expect("it shuts down");
}

fn race(
    runtime: &Runtime,
    files: &Files,
    app: &App<SqliteStore>,
    peers: &[Peer],
    turns: &[Turns; 4],
    tasks: usize,
    commands: usize,
) -> Outcome {
    let [plain_turns, task_turns, thread_turns, our_turns] = turns;
    let mut race = Race::new(
        format!("{tasks} at a time, {commands} commands a round"),
        "commands a second",
    )
    .beside("tried again");
    if tasks == 1 {
        let plain = sqlite::connect(&files.of("plain")).expect("the database opens");
        race.runner(PLAIN, move || {
            let accounts = plain_turns.round(commands);
            Some(
                rate(commands as u64, || {
                    sqlite::commands(&plain, accounts).expect("a deposit is taken");
                })
                .into(),
            )
        });
    }
    race.runner(GROUPED, || {
        Some(by_hand_grouped(
            runtime,
            &files.of("tasks"),
            tasks,
            commands,
            task_turns,
        ))
    });
    race.runner(GROUPED_THREADS, || {
        Some(by_hand_threads(
            &files.of("threads"),
            tasks,
            commands,
            thread_turns,
        ))
    });
    race.runner(OURS, || {
        Some(ours(runtime, app, tasks, commands, our_turns))
    });
    for peer in peers {
        let mut rounds = 0;
        race.runner(peer.name(), move || {
            rounds += 1;
            if rounds > PEER_ROUNDS {
                return None;
            }
            peer.ask(&Question::Commands {
                database: Database::File(files.of(peer.name())),
                streams: STREAMS,
                tasks,
                commands,
            })
        });
    }
    race.run(ROUNDS, false)
}
