//! The bank on PostgreSQL, beside tokio-postgres by hand: load a stream of 10 events, decide, append one; and load a stream of 10,000 events.
//! `cargo bench --bench postgres`, with the peers `cargo bench --bench postgres -- --peers`, one task alone `cargo bench --bench postgres -- 1`, on the server that `DATABASE_URL` names (a database of its own, empty), else on one of our own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use eventsource_benches::bank::{Account, Deposit};
use eventsource_benches::by_hand::postgres::{self, Teller};
use eventsource_benches::databases::Databases;
use eventsource_benches::filled;
use eventsource_benches::peers::{self, Peer};
use eventsource_core::App;
use eventsource_core::store::EventStore as _;
use eventsource_postgres::PostgresStore;
use eventsource_test_servers::postgres as server;
use measure::history;
use measure::peer::{Answer, Database, Question, STREAM_EVENTS};
use measure::race::{Race, Target};
use measure::rate;
use tokio::runtime::Runtime;

const STREAMS: usize = 2_000;
const LONG: u64 = 10_000;
const ROUNDS: usize = 7;
/// Peers are slower by so much that fewer rounds, of fewer commands, tell enough. The first of them warms up.
const PEER_ROUNDS: usize = 4;
const PEER_COMMANDS: usize = 2_000;
const AMOUNT: u64 = 5_000;

const BY_HAND: &str = "by hand: tokio-postgres";
const OURS: &str = "eventsource: App::execute";
const LOADS: &str = "eventsource: App::load";
const IMPORT_BY_HAND: &str = "by hand: one UNNEST of 1,000 rows";
const IMPORTS: &str = "eventsource: append of 1,000 events";

/// A peer with its databases, and what it has been asked to do.
struct Contender {
    peer: Peer,
    short: String,
    long: String,
    commands: AtomicUsize,
}

fn main() {
    let runtime = Runtime::new().expect("a runtime starts");
    let peers = Peer::asked_for(peers::POSTGRES);
    let own = server::given().is_none().then(|| {
        let settings: Vec<String> = std::env::args().filter(|word| word.contains('=')).collect();
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        server::Server::start(&settings).expect("a server starts")
    });
    let url = own
        .as_ref()
        .map_or_else(|| server::given().unwrap_or_default(), server::Server::url);
    let (store, app) = runtime.block_on(async {
        let client = postgres::connect(&url).await.expect("the server is there");
        let store = PostgresStore::connect(&url).await;
        let store = Arc::new(store.expect("the server is there"));
        store.prepare(true).await.expect("the tables are made");
        let short = || (0..STREAMS).map(|account| account.to_string());
        let long = || std::iter::once("long".to_owned());
        postgres::fill(&client, short(), STREAM_EVENTS)
            .await
            .expect("the table is filled");
        postgres::fill(&client, long(), LONG)
            .await
            .expect("the table is filled");
        filled::fill(&store, short(), STREAM_EVENTS)
            .await
            .expect("the store is filled");
        filled::fill(&store, long(), LONG)
            .await
            .expect("the store is filled");
        let app = App::start(PostgresStore::clone(&store)).await;
        (store, app.expect("it starts"))
    });
    let (databases, contenders) = runtime.block_on(async {
        let databases = Databases::on(&url).await;
        let mut databases = databases.expect("the server is there");
        let mut contenders = Vec::new();
        for peer in peers {
            let short = databases.make(peer.name()).await;
            let long = databases.make(&format!("{}_long", peer.name())).await;
            contenders.push(Contender {
                peer,
                short: short.expect("a database is made"),
                long: long.expect("a database is made"),
                commands: AtomicUsize::new(0),
            });
        }
        (databases, contenders)
    });
    let only: Vec<usize> = std::env::args().filter_map(|it| it.parse().ok()).collect();
    let mut commanded = 0;
    for (tasks, commands) in [(1, 500), (8, 2_000), (64, 8_000)] {
        if !only.is_empty() && !only.contains(&tasks) {
            continue;
        }
        let outcome = commands_race(&runtime, &url, &app, &contenders, tasks, commands);
        commanded += (ROUNDS + 1) * commands;
        outcome.target(
            OURS,
            if tasks == 64 {
                Target::AtLeast(1.5)
            } else {
                Target::AtLeast(0.85)
            },
        );
    }
    check_balances(&runtime, &url, &app, &contenders, commanded);
    if only.is_empty() {
        loads_race(&runtime, &url, &app, &contenders).target(LOADS, Target::AtLeast(0.8));
        imports_race(&runtime, &url, &store).target(IMPORTS, Target::AtLeast(0.7));
    }
    runtime.block_on(app.shutdown()).expect("it shuts down");
    runtime
        .block_on(databases.drop_all())
        .expect("the databases are dropped");
}

/// All must hold what was paid in: nothing lost, nothing doubled.
fn check_balances(
    runtime: &Runtime,
    url: &str,
    app: &App<PostgresStore>,
    contenders: &[Contender],
    commanded: usize,
) {
    let expected = |commands: usize| {
        STREAMS as u64 * history::balance(STREAM_EVENTS) + commands as u64 * AMOUNT
    };
    let (by_hand, ours) = runtime.block_on(async {
        let teller = Teller::new(url).await.expect("the server is there");
        let by_hand = teller.balances(STREAMS).await.expect("they load");
        let mut ours = 0;
        for account in 0..STREAMS {
            let account = app.load::<Account>(&account.to_string()).await;
            ours += account.expect("it loads").state().balance();
        }
        (by_hand, ours)
    });
    assert_eq!(by_hand, expected(commanded), "by hand");
    assert_eq!(ours, expected(commanded), "ours");
    for contender in contenders {
        let answer = contender.peer.ask(&Question::Balances {
            url: contender.short.clone(),
            streams: STREAMS,
        });
        let expected = expected(contender.commands.load(Ordering::Relaxed));
        let sum = answer.map(|answer| answer.value.to_string());
        // A peer's fault does not spoil the figures of the others.
        if sum == Some(expected.to_string()) {
            println!("({}: its balances are right)", contender.peer.name());
        } else {
            println!(
                "{}: WRONG BALANCES: {sum:?} in all, where {expected} was paid in",
                contender.peer.name()
            );
        }
    }
}

impl Contender {
    fn command(&self, tasks: usize, commands: usize) -> Option<Answer> {
        let commands = commands.min(PEER_COMMANDS);
        self.commands.fetch_add(commands, Ordering::Relaxed);
        self.peer.ask(&Question::Commands {
            database: Database::Server(self.short.clone()),
            streams: STREAMS,
            tasks,
            commands,
        })
    }

    fn load(&self) -> Option<Answer> {
        self.peer.ask(&Question::Load {
            database: Database::Server(self.long.clone()),
            events: LONG.try_into().ok()?,
        })
    }
}

/// Adds those that are asked less often than the others.
fn peers_take_part<'a>(
    race: &mut Race<'a>,
    contenders: &'a [Contender],
    ask: impl Fn(&Contender) -> Option<Answer> + Copy + 'a,
) {
    for contender in contenders {
        let mut rounds = 0;
        race.runner(contender.peer.name(), move || {
            rounds += 1;
            (rounds <= PEER_ROUNDS).then(|| ask(contender)).flatten()
        });
    }
}

/// Accounts in their turn, for any number of tasks.
fn accounts(commands: usize) -> impl Iterator<Item = usize> + Clone + Send + 'static {
    let next = Arc::new(AtomicUsize::new(0));
    std::iter::from_fn(move || {
        let at = next.fetch_add(1, Ordering::Relaxed);
        (at < commands).then_some(at % STREAMS)
    })
}

fn commands_race(
    runtime: &Runtime,
    url: &str,
    app: &App<PostgresStore>,
    contenders: &[Contender],
    tasks: usize,
    commands: usize,
) -> measure::race::Outcome {
    let tellers: Vec<Arc<Teller>> = runtime.block_on(async {
        let mut tellers = Vec::new();
        for _ in 0..tasks {
            tellers.push(Arc::new(
                Teller::new(url).await.expect("the server is there"),
            ));
        }
        tellers
    });
    let title = format!("{tasks} at a time, {commands} commands a round");
    let mut race = Race::new(title, "commands a second").beside("tried again");
    race.runner(BY_HAND, || {
        let accounts = accounts(commands);
        let again = Arc::new(AtomicU32::new(0));
        let figure = rate(commands as u64, || {
            runtime.block_on(async {
                let mut under_way = Vec::new();
                for teller in &tellers {
                    let (teller, accounts) = (Arc::clone(teller), accounts.clone());
                    let again = Arc::clone(&again);
                    under_way.push(tokio::spawn(async move {
                        for account in accounts {
                            // Another task may have paid into the same account: as the framework does, it is tried again.
                            while teller.deposit(account).await.is_err() {
                                again.fetch_add(1, Ordering::Relaxed);
                            }
                        }
                    }));
                }
                for task in under_way {
                    task.await.expect("it does not panic");
                }
            });
        });
        Some(Answer {
            value: figure,
            beside: f64::from(again.load(Ordering::Relaxed)),
        })
    });
    race.runner(OURS, || {
        let accounts = accounts(commands);
        let figure = rate(commands as u64, || {
            runtime.block_on(async {
                let mut under_way = Vec::new();
                for _ in 0..tasks {
                    let (app, accounts) = (app.clone(), accounts.clone());
                    under_way.push(tokio::spawn(async move {
                        for account in accounts {
                            let deposit = Deposit {
                                account: account.to_string(),
                                amount: AMOUNT,
                                reference: "0000000000013".into(),
                            };
                            app.execute(deposit).await.expect("a deposit is taken");
                        }
                    }));
                }
                for task in under_way {
                    task.await.expect("it does not panic");
                }
            });
        });
        Some(figure.into())
    });
    peers_take_part(&mut race, contenders, move |contender| {
        contender.command(tasks, commands)
    });
    race.run(ROUNDS, true)
}

fn loads_race(
    runtime: &Runtime,
    url: &str,
    app: &App<PostgresStore>,
    contenders: &[Contender],
) -> measure::race::Outcome {
    let teller = runtime.block_on(async { Teller::new(url).await.expect("the server is there") });
    let mut race = Race::new(format!("load a stream of {LONG} events"), "events a second");
    race.runner(BY_HAND, || {
        let figure = rate(10 * LONG, || {
            runtime.block_on(async {
                for _ in 0..10 {
                    let (_, version) = teller.load("account-long").await.expect("it loads");
                    assert_eq!(version, LONG);
                }
            });
        });
        Some(figure.into())
    });
    race.runner(LOADS, || {
        let figure = rate(10 * LONG, || {
            runtime.block_on(async {
                for _ in 0..10 {
                    let account = app.load::<Account>(&"long".to_owned()).await;
                    assert_eq!(account.expect("it loads").version(), LONG);
                }
            });
        });
        Some(figure.into())
    });
    peers_take_part(&mut race, contenders, Contender::load);
    race.run(ROUNDS, true)
}

/// So many events a commit, in streams of so many.
const IMPORT: u64 = 1_000;
/// So many commits a round.
const IMPORT_COMMITS: u64 = 40;

fn imports_race(
    runtime: &Runtime,
    url: &str,
    store: &Arc<PostgresStore>,
) -> measure::race::Outcome {
    let client = runtime.block_on(async { postgres::connect(url).await.expect("it is there") });
    let number = AtomicUsize::new(0);
    let names = |prefix: &str| {
        let first = number.fetch_add(1, Ordering::Relaxed);
        let prefix = format!("{prefix}{first}-");
        (0..IMPORT_COMMITS).map(move |account| format!("{prefix}{account}"))
    };
    let title = format!("import {IMPORT} events a commit");
    let mut race = Race::new(title, "events a second");
    race.runner(IMPORT_BY_HAND, || {
        let accounts = names("h");
        let figure = rate(IMPORT * IMPORT_COMMITS, || {
            runtime
                .block_on(postgres::insert(&client, accounts, IMPORT))
                .expect("it is inserted");
        });
        Some(figure.into())
    });
    race.runner(IMPORTS, || {
        let accounts = names("o");
        let figure = rate(IMPORT * IMPORT_COMMITS, || {
            runtime
                .block_on(filled::fill_by(store, accounts, IMPORT, 1))
                .expect("it is appended");
        });
        Some(figure.into())
    });
    race.run(ROUNDS, true)
}
