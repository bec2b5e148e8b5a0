//! Load one stream of 1,000, 10,000 and 100,000 events from a file in SQLite: `cargo bench --bench sqlite_load`, with the peers
//! `cargo bench --bench sqlite_load -- --peers`.

use eventsource_benches::bank::Account;
use eventsource_benches::by_hand::sqlite;
use eventsource_benches::filled;
use eventsource_benches::peers::{self, Peer};
use measure::peer::{Database, Question};
use measure::race::{Race, Target};
use measure::{median, nanoseconds};
use tokio::runtime::Runtime;

const ROUNDS: usize = 15;
/// Peers are slower by so much that fewer rounds tell enough.
const PEER_ROUNDS: usize = 3;
/// Events that a runner loads in each round, in as many loads as it takes.
const EVENTS_A_ROUND: usize = 200_000;

const BY_HAND: &str = "by hand: select, match, from_slice";
const OURS: &str = "eventsource: App::load";

fn main() {
    let runtime = Runtime::new().expect("a runtime starts");
    let peers = Peer::asked_for(peers::SQLITE);
    let mut ours_by_length = Vec::new();
    for events in [1_000, 10_000, 100_000] {
        let directory = tempfile::tempdir().expect("a directory is made");
        let file = |contender: &str| directory.path().join(format!("{contender}.db"));
        sqlite::fill(&file("hand"), 1, events as u64).expect("the database is filled");
        let reader = sqlite::connect(&file("hand")).expect("the database opens");
        let app = runtime
            .block_on(filled::app(&file("ours"), 1, events as u64))
            .expect("the database is filled");
        let loads = EVENTS_A_ROUND / events;
        let units = (loads * events) as u64;
        let mut race = Race::new(
            format!("a stream of {events} events"),
            "events a CPU second",
        );
        race.runner(BY_HAND, || {
            let each = nanoseconds(units, || {
                for _ in 0..loads {
                    let (account, version) = sqlite::load(&reader, "account-0").expect("it loads");
                    assert_eq!(version, events as u64);
                    assert!(account.balance() > 0);
                }
            });
            Some((1e9 / each).into())
        });
        race.runner(OURS, || {
            let each = nanoseconds(units, || {
                runtime.block_on(async {
                    for _ in 0..loads {
                        let account = app.load::<Account>(&"0".to_owned()).await;
                        let account = account.expect("it loads");
                        assert_eq!(account.version(), events as u64);
                        assert!(account.state().balance() > 0);
                    }
                });
            });
            Some((1e9 / each).into())
        });
        for peer in &peers {
            if peer.name() == "evento" && events > usize::from(u16::MAX) {
                println!("(evento: a stream holds at most 65,535 events)");
                continue;
            }
            let file = file(peer.name());
            let mut rounds = 0;
            race.runner(peer.name(), move || {
                rounds += 1;
                (rounds <= PEER_ROUNDS).then(|| {
                    peer.ask(&Question::Load {
                        database: Database::File(file.clone()),
                        events,
                    })
                })?
            });
        }
        let outcome = race.run(ROUNDS, false);
        outcome.target(OURS, Target::AtLeast(0.8));
        ours_by_length.push(outcome.value(OURS).unwrap_or(f64::NAN));
        runtime.block_on(app.shutdown()).expect("it shuts down");
    }
    let usual = median(&ours_by_length);
    let most_off = ours_by_length
        .iter()
        .map(|rate| (rate / usual - 1.0).abs())
        .fold(0.0, f64::max);
    println!(
        "\nlinear: at no length is the rate of ours further than {:.0}% from its median",
        most_off * 100.0
    );
}
