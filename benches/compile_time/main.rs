//! What the derives cost the compiler: `cargo bench --bench compile_time`. Linux only: processor seconds come from `/proc`.

mod domain;
mod package;

use eventsource_benches::peers;
use measure::race::{Outcome, Race, Target};

use domain::Derives;
use package::Package;

/// Event types, and how many rounds they are checked in.
const SIZES: [(usize, usize); 3] = [(10, 7), (100, 5), (1_000, 3)];
/// Event types of the program that is checked incrementally too, and whose expansion is counted.
const EVENTS: usize = 200;
const CHECKS: usize = 7;
const BUILDS: usize = 3;

const NONE: &str = "neither";
const SERDE: &str = "serde's derives alone";
const OURS: &str = "eventsource's derives and serde's";
const EVENTO: &str = "evento's macros and bitcode's";
const SOURCERY: &str = "sourcery's derives and serde's";
const BANK: &str = "examples/bank.rs";
const BY_HAND: &str = "by hand: rusqlite, tokio, serde";

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const SERDE_CRATE: &str = "serde = { version = \"1\", features = [\"derive\"] }\n";

struct Contender {
    name: &'static str,
    derives: Derives,
    /// Of its packages and their target directory.
    word: &'static str,
    dependencies: String,
    /// From this directory.
    lock: &'static str,
}

impl Contender {
    fn package(&self, events: usize) -> Package {
        Package::new(
            &format!("{}-{events}", self.word),
            self.word,
            &self.derives.program(events),
            &self.dependencies,
            self.lock,
        )
    }
}

fn contenders() -> Vec<Contender> {
    let ours = "../Cargo.lock";
    let mut contenders = vec![
        Contender {
            name: NONE,
            derives: Derives::None,
            word: "none",
            dependencies: String::new(),
            lock: ours,
        },
        Contender {
            name: SERDE,
            derives: Derives::Serde,
            word: "serde",
            dependencies: SERDE_CRATE.into(),
            lock: ours,
        },
        Contender {
            name: OURS,
            derives: Derives::Ours,
            word: "ours",
            dependencies: format!("{}{SERDE_CRATE}", core()),
            lock: ours,
        },
    ];
    if peers::asked_for() {
        contenders.push(Contender {
            name: EVENTO,
            derives: Derives::Evento,
            word: "with-evento",
            dependencies: "anyhow = \"1\"\nbitcode = \"0.6\"\nevento = \"2.0.0-alpha.38\"\n".into(),
            lock: "peers/evento/Cargo.lock",
        });
        contenders.push(Contender {
            name: SOURCERY,
            derives: Derives::Sourcery,
            word: "with-sourcery",
            dependencies: format!("{SERDE_CRATE}sourcery = \"0.2.0\"\n"),
            lock: "peers/sourcery/Cargo.lock",
        });
    }
    contenders
}

fn core() -> String {
    format!("eventsource-core = {{ path = \"{ROOT}/eventsource-core\" }}\n")
}

/// `cargo check` of so many event types by all contenders.
fn check(contenders: &[Contender], events: usize, rounds: usize, incremental: bool) {
    let title = if incremental {
        "incremental"
    } else {
        "CARGO_INCREMENTAL=0"
    };
    let mut race = Race::new(
        format!("cargo check after a touch, {title}: {events} event types"),
        "CPU seconds",
    )
    .beside("seconds");
    for contender in contenders {
        let package = contender.package(events);
        race.runner(contender.name, move || {
            Some(package.check_again(incremental))
        });
    }
    over_serde(&race.run(rounds, true));
}

/// What ours cost over serde's, in parts of what serde's cost over none.
fn over_serde(outcome: &Outcome) {
    let (Some(none), Some(serde), Some(ours)) = (
        outcome.value(NONE),
        outcome.value(SERDE),
        outcome.value(OURS),
    ) else {
        return;
    };
    let over = (ours - serde) / (serde - none);
    let verdict = if over <= 1.0 { "met" } else { "MISSED" };
    println!("target: ours over serde's ≤ 1.0 of serde's own cost: {over:.3}, {verdict}");
}

/// Lines that the macros write for an event: those of the expanded program over one with neither.
#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn lines(contenders: &[Contender]) {
    println!("\nlines of expansion an event, {EVENTS} event types");
    let mut none = 0;
    for contender in contenders {
        let lines = contender.package(EVENTS).expanded_lines();
        if contender.name == NONE {
            none = lines;
        }
        let more = lines.saturating_sub(none) as f64 / EVENTS as f64;
        println!("{:<34} {more:>18.1}", contender.name);
    }
}

/// The bank, with all that it is built from.
fn bank() {
    let lock = "../Cargo.lock";
    let drivers = format!(
        "{SERDE_CRATE}thiserror = \"2\"\ntokio = {{ version = \"1\", features = [\"rt-multi-thread\", \"macros\"] }}\nuuid = {{ version = \"1\", features = [\"v7\"] }}\n"
    );
    let bank = Package::new(
        "bank",
        "bank",
        include_str!("../../examples/bank.rs"),
        &format!(
            "{}eventsource-sqlite = {{ path = \"{ROOT}/eventsource-sqlite\" }}\n{drivers}",
            core()
        ),
        lock,
    );
    let by_hand = Package::new(
        "by-hand-bank",
        "by-hand-bank",
        include_str!("../by_hand_bank.rs"),
        &format!(
            "rusqlite = {{ version = \">=0.39, <0.43\", features = [\"bundled\"] }}\nserde_json = \"1\"\n{drivers}"
        ),
        lock,
    );
    let mut race = Race::new("a clean `cargo build` of the bank", "CPU seconds").beside("seconds");
    race.runner(BY_HAND, || Some(by_hand.build_clean()));
    race.runner(BANK, || Some(bank.build_clean()));
    let outcome = race.run(BUILDS, false);
    outcome.target(BANK, Target::AtMost(1.5));
}

fn main() {
    // `-- 1000` measures that many event types alone, and `-- bank` the clean build alone: each takes a part of the half hour.
    let asked: Vec<usize> = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    if !asked.is_empty() {
        let contenders = contenders();
        for (events, rounds) in SIZES.into_iter().filter(|(size, _)| asked.contains(size)) {
            check(&contenders, events, rounds, false);
        }
        return;
    }
    let bank_alone = std::env::args().any(|argument| argument == "bank");
    if !bank_alone {
        let contenders = contenders();
        for (events, rounds) in SIZES {
            check(&contenders, events, rounds, false);
        }
        for incremental in [true, false] {
            check(&contenders, EVENTS, CHECKS, incremental);
        }
        lines(&contenders);
    }
    bank();
}
