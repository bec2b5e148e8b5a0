//! `cargo xtask soak`: the tests again, optimised, with many more crashes and cases, and every mutant of the examples.

use crate::failure::Failure;
use crate::run::{Steps, cargo, run};
use crate::servers::Servers;
use crate::workspace::Workspace;

/// How often the crash tests kill a program that uses a store, unless told otherwise.
const CRASHES: u32 = 500;

/// How often they kill a server, unless told otherwise.
const SERVER_CRASHES: u32 = 100;

/// How many cases each property is tried on, unless told otherwise.
const CASES: u32 = 10_000;

/// Runs the tests with the counts that the arguments or the constants give.
///
/// # Errors
/// When an argument is unknown, or a test fails.
pub fn all(_: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    let counts = Counts::parse(arguments)?;
    println!(
        "── {} crashes of a program and {} of a server a crash test, {} cases a property",
        counts.crashes, counts.server_crashes, counts.cases
    );
    let mut steps = Steps::new();
    steps.step("soak", || {
        let servers = Servers::start()?;
        run(servers
            .told(&mut cargo())
            .env("EVENTSOURCE_CRASHES", counts.crashes.to_string())
            .env(
                "EVENTSOURCE_SERVER_CRASHES",
                counts.server_crashes.to_string(),
            )
            .env("PROPTEST_CASES", counts.cases.to_string())
            .env("EVENTSOURCE_MUTANTS", "all")
            .args(["test", "--release", "--workspace", "--all-targets"])
            .args(["--all-features", "--no-fail-fast"])
            // The numbers of acknowledged commits are told.
            .args(["--", "--show-output"]))
    })?;
    steps.close();
    Ok(())
}

struct Counts {
    crashes: u32,
    server_crashes: u32,
    cases: u32,
}

impl Counts {
    fn parse(arguments: &[String]) -> Result<Self, Failure> {
        let mut counts = Self {
            crashes: CRASHES,
            server_crashes: SERVER_CRASHES,
            cases: CASES,
        };
        let mut rest = arguments.iter();
        while let Some(key) = rest.next() {
            let count = match key.as_str() {
                "--crashes" => &mut counts.crashes,
                "--server-crashes" => &mut counts.server_crashes,
                "--cases" => &mut counts.cases,
                other => {
                    return Err(Failure::Argument(format!(
                        "`{other}` is unknown; `cargo xtask soak` takes --crashes N, --server-crashes N and --cases N"
                    )));
                }
            };
            *count = rest
                .next()
                .and_then(|value| value.parse().ok())
                .filter(|value| *value > 0)
                .ok_or_else(|| {
                    Failure::Argument(format!("`{key}` asks for a whole number above 0"))
                })?;
        }
        Ok(counts)
    }
}
