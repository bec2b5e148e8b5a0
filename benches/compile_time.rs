//! What the derives cost the compiler: `cargo bench --bench compile_time`. Linux only: processor seconds come from `/proc`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use measure::peer::Answer;
use measure::race::{Race, Target};

const AGGREGATES: usize = 20;
const EVENTS_AN_AGGREGATE: usize = 10;
const CHECKS: usize = 7;
const BUILDS: usize = 3;

const OURS: &str = "eventsource's derives and serde's";
const SERDE: &str = "serde's derives alone";
const BANK: &str = "examples/bank.rs";
const BY_HAND: &str = "by hand: rusqlite, tokio, serde";

/// A cargo package in the bench's scratch directory.
struct Package {
    directory: PathBuf,
}

impl Package {
    fn new(name: &str, source: &str, dependencies: &str) -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("compile_time")
            .join(name);
        let package = Self { directory };
        fs::create_dir_all(package.directory.join("src")).expect("a directory is made");
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n[dependencies]\n{dependencies}"
        );
        fs::write(package.directory.join("Cargo.toml"), manifest).expect("a file is written");
        fs::write(package.source(), source).expect("a file is written");
        let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock");
        fs::copy(lock, package.directory.join("Cargo.lock")).expect("the lock file is copied");
        package
    }

    fn source(&self) -> PathBuf {
        self.directory.join("src").join("main.rs")
    }

    /// Runs cargo on it, in a target directory of its own.
    fn cargo(&self, arguments: &[&str], incremental: bool) -> Answer {
        let (cpu, clock) = (children(), Instant::now());
        let status = Command::new(env!("CARGO"))
            .args(arguments)
            .arg("--quiet")
            .arg("--target-dir")
            .arg(self.directory.join("target"))
            .env("CARGO_INCREMENTAL", if incremental { "1" } else { "0" })
            .env_remove("RUSTFLAGS")
            .current_dir(&self.directory)
            .status()
            .expect("cargo runs");
        assert!(status.success(), "{}", self.directory.display());
        Answer {
            value: children() - cpu,
            beside: clock.elapsed().as_secs_f64(),
        }
    }

    /// Checks it again after its source was touched.
    fn check_again(&self, incremental: bool) -> Answer {
        let source = fs::read(self.source()).expect("the source is there");
        fs::write(self.source(), source).expect("the source is written");
        self.cargo(&["check"], incremental)
    }

    fn build_clean(&self) -> Answer {
        let _ = fs::remove_dir_all(self.directory.join("target"));
        self.cargo(&["build"], true)
    }
}

/// Processor seconds of all processes that this one has started and waited for.
fn children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux tells");
    // Behind the name in brackets, the 14th and 15th fields: user's and system's time of children, in hundredths (proc(5)).
    let (_, fields) = stat.rsplit_once(')').expect("Linux tells");
    let ticks: f64 = fields
        .split_whitespace()
        .skip(13)
        .take(2)
        .map(|ticks| ticks.parse::<f64>().expect("Linux tells numbers"))
        .sum();
    ticks / 100.0
}

/// A program of many events and aggregates, with our derives or without.
fn program(ours: bool) -> String {
    let mut code = String::from("#![allow(dead_code)]\nuse serde::{Deserialize, Serialize};\n");
    code.push_str(if ours {
        "use eventsource_core::prelude::*;\n"
    } else {
        "trait Apply<E> { fn apply(&mut self, event: &E); }\n"
    });
    for aggregate in 0..AGGREGATES {
        let events: Vec<String> = (0..EVENTS_AN_AGGREGATE)
            .map(|event| format!("E{aggregate}x{event}"))
            .collect();
        for (at, event) in events.iter().enumerate() {
            add_event(&mut code, event, at, ours);
        }
        if ours {
            let events = events.join(", ");
            let _ = write!(
                code,
                "#[derive(Aggregate, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
                 #[aggregate(name = \"a{aggregate}\", id = String, error = std::convert::Infallible, events({events}))]\n"
            );
        } else {
            code.push_str("#[derive(Serialize, Deserialize, Default, Debug, Clone, PartialEq)]\n");
        }
        let _ = writeln!(
            code,
            "pub struct A{aggregate} {{ total: u64, last: String }}"
        );
        for event in events {
            let _ = write!(
                code,
                "impl Apply<{event}> for A{aggregate} {{
                     fn apply(&mut self, event: &{event}) {{ self.total += event.amount; self.last = event.note.clone(); }}
                 }}\n"
            );
        }
    }
    code.push_str("fn main() {}\n");
    code
}

/// Five fields; every fifth event has had two older shapes.
fn add_event(code: &mut String, event: &str, at: usize, ours: bool) {
    let evolved = ours && at.is_multiple_of(5);
    if ours {
        let version = if evolved { 3 } else { 1 };
        let _ = write!(
            code,
            "#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
             #[event(name = \"{event}\", version = {version})]\n"
        );
    } else {
        code.push_str("#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]\n");
    }
    let (renamed, added) = if evolved {
        (
            "#[event(was(name = \"amt\", until = 1))]",
            "#[event(since = 3, default)]",
        )
    } else {
        ("", "")
    };
    let _ = writeln!(
        code,
        "pub struct {event} {{ pub id: u32, {renamed} pub amount: u64, pub note: String, pub by: Option<String>, {added} pub tags: Vec<String> }}"
    );
}

fn main() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let serde = "serde = { version = \"1\", features = [\"derive\"] }\n";
    let core = format!("eventsource-core = {{ path = \"{root}/eventsource-core\" }}\n");
    let with = Package::new("with-derives", &program(true), &format!("{core}{serde}"));
    let without = Package::new("without-derives", &program(false), serde);
    for (incremental, title) in [
        (true, "cargo check after a touch, incremental"),
        (false, "cargo check after a touch, CARGO_INCREMENTAL=0"),
    ] {
        let mut race = Race::new(
            format!(
                "{title}: {} event types, {AGGREGATES} aggregates",
                AGGREGATES * EVENTS_AN_AGGREGATE
            ),
            "CPU seconds",
        )
        .beside("seconds");
        race.runner(SERDE, || Some(without.check_again(incremental)));
        race.runner(OURS, || Some(with.check_again(incremental)));
        let _ = race.run(CHECKS, true);
    }

    let drivers = format!(
        "{serde}thiserror = \"2\"\ntokio = {{ version = \"1\", features = [\"rt-multi-thread\", \"macros\"] }}\nuuid = {{ version = \"1\", features = [\"v7\"] }}\n"
    );
    let bank = Package::new(
        "bank",
        include_str!("../examples/bank.rs"),
        &format!(
            "{core}eventsource-sqlite = {{ path = \"{root}/eventsource-sqlite\" }}\n{drivers}"
        ),
    );
    let by_hand = Package::new(
        "by-hand-bank",
        include_str!("by_hand_bank.rs"),
        &format!(
            "rusqlite = {{ version = \">=0.39, <0.43\", features = [\"bundled\"] }}\nserde_json = \"1\"\n{drivers}"
        ),
    );
    let mut race = Race::new("a clean `cargo build` of the bank", "CPU seconds").beside("seconds");
    race.runner(BY_HAND, || Some(by_hand.build_clean()));
    race.runner(BANK, || Some(bank.build_clean()));
    let outcome = race.run(BUILDS, false);
    outcome.target(BANK, Target::AtMost(1.5));
}
