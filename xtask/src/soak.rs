//! `cargo xtask soak`: the tests again, optimised, with many more crashes and cases, and every mutant of the examples.

use crate::failure::Failure;
use crate::report::Report;
use crate::run::{Steps, cargo, run};
use crate::servers::Servers;
use crate::workspace::Workspace;

/// What the tests are asked for: the argument that says how many, the variable by which they are told, and how many unless told otherwise.
const COUNTS: &[Count] = &[
    // How often the crash tests kill a program that uses a store.
    Count("--crashes", "EVENTSOURCE_CRASHES", 500),
    // How often they kill a server.
    Count("--server-crashes", "EVENTSOURCE_SERVER_CRASHES", 100),
    // How many cases each property is tried on.
    Count("--cases", "PROPTEST_CASES", 10_000),
    // How long writers write while a reader tails the log.
    Count("--seconds", "EVENTSOURCE_SECONDS", 60),
    // How many events are replayed in bounded memory.
    Count("--events", "EVENTSOURCE_EVENTS", 1_000_000),
];

#[derive(Clone, Copy)]
struct Count(&'static str, &'static str, u32);

/// Parts that can be run alone with `--only`: the name, and what `cargo test` is given.
const PARTS: &[(&str, &[&str])] = &[
    (
        "sqlite-crashes",
        &["-p", "eventsource-tests", "--test", "crashes"],
    ),
    (
        "postgres-crashes",
        &["-p", "eventsource-postgres", "--test", "crashes"],
    ),
    (
        "nats-crashes",
        &["-p", "eventsource-nats", "--test", "crashes"],
    ),
    (
        "shop-crashes",
        &["-p", "eventsource-tests", "--test", "shop"],
    ),
    ("order", &["-p", "eventsource-postgres", "--test", "order"]),
    (
        "suites",
        &[
            "-p",
            "eventsource-core",
            "-p",
            "eventsource-sqlite",
            "-p",
            "eventsource-postgres",
            "-p",
            "eventsource-nats",
            "--test",
            "suite",
            "--test",
            "memory_suite",
            "--test",
            "broken_stores",
        ],
    ),
    (
        "mutants",
        &[
            "-p",
            "eventsource-tests",
            "--test",
            "mutants",
            "--test",
            "lock",
        ],
    ),
];

/// Runs the tests with the counts that the arguments or the constants give, and shows what they report.
///
/// # Errors
/// When an argument is unknown, or a test fails.
pub fn all(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    let asked = Asked::parse(arguments)?;
    for Count(argument, _, count) in &asked.counts {
        println!("── {} {count}", argument.trim_start_matches('-'));
    }
    let report = Report::begin(workspace)?;
    let mut steps = Steps::new();
    let outcome = steps.step("soak", || {
        let servers = Servers::start()?;
        let whole: &[&str] = &["--workspace", "--all-targets"];
        let parts = if asked.parts.is_empty() {
            vec![whole]
        } else {
            asked.parts.clone()
        };
        for part in parts {
            let mut tests = cargo();
            tests.args(["test", "--release", "--all-features", "--no-fail-fast"]);
            tests.args(part);
            for Count(_, variable, count) in &asked.counts {
                tests.env(variable, count.to_string());
            }
            tests.env("EVENTSOURCE_MUTANTS", "all");
            tests.args(["--", "--show-output"]);
            run(report.told(servers.told(&mut tests)))?;
        }
        Ok(())
    });
    // Also where a test has failed: the others have told what they found.
    report.show();
    outcome?;
    steps.close();
    Ok(())
}

struct Asked {
    counts: Vec<Count>,
    /// None: all tests.
    parts: Vec<&'static [&'static str]>,
}

impl Asked {
    fn parse(arguments: &[String]) -> Result<Self, Failure> {
        let mut asked = Self {
            counts: COUNTS.to_vec(),
            parts: Vec::new(),
        };
        let mut rest = arguments.iter();
        while let Some(key) = rest.next() {
            let value = rest.next();
            if key == "--only" {
                let part = PARTS
                    .iter()
                    .find(|(name, _)| value.is_some_and(|value| value == name));
                let (_, part) = part.ok_or_else(|| {
                    let names: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
                    Failure::Argument(format!("`--only` asks for one of {}", names.join(", ")))
                })?;
                asked.parts.push(part);
                continue;
            }
            let known = asked.counts.iter_mut().find(|count| count.0 == key);
            let count = known.ok_or_else(|| {
                let keys: Vec<&str> = COUNTS.iter().map(|count| count.0).collect();
                Failure::Argument(format!(
                    "`{key}` is unknown; `cargo xtask soak` takes --only PART and, with a number each, {}",
                    keys.join(", ")
                ))
            })?;
            count.2 = value
                .and_then(|value| value.parse().ok())
                .filter(|value| *value > 0)
                .ok_or_else(|| {
                    Failure::Argument(format!("`{key}` asks for a whole number above 0"))
                })?;
        }
        Ok(asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &str) -> Result<Asked, Failure> {
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        Asked::parse(&words)
    }

    #[test]
    fn parts_and_counts_are_asked_for() {
        let asked = parsed("--only order --seconds 5 --only suites").unwrap();
        assert_eq!(asked.parts.len(), 2);
        assert!(
            asked
                .counts
                .iter()
                .any(|count| count.0 == "--seconds" && count.2 == 5)
        );
        for wrong in [
            "--only",
            "--only nothing",
            "--crashes",
            "--crashes 0",
            "--speed 3",
        ] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }
}
