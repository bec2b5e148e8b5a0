//! Programs that compile, with each of our attributes broken in each way that a typing error can, before rustc itself: whatever is told stands at
//! the user's own tokens, and no macro panics. That what compiles has another effect is tested beside the derives, for all mutants.
//!
//! `cargo test` tries a few dozen of them; `EVENTSOURCE_MUTANTS=all`, as `cargo xtask soak` sets it, tries all, and a number tries so many.

mod check;
#[allow(dead_code)]
#[path = "../../../eventsource-derive/src/tests/mutants.rs"]
mod mutants;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use check::{Told, check};
use mutants::{Mistake, Mutant};

/// Programs in which every key of every attribute stands.
const PROGRAMS: [&str; 8] = [
    "examples/bank.rs",
    "examples/evolution.rs",
    "examples/checkout.rs",
    "tests/tests/attributes/event.rs",
    "tests/tests/attributes/command.rs",
    "tests/tests/attributes/aggregate.rs",
    "tests/tests/attributes/projection.rs",
    "tests/tests/attributes/process_manager.rs",
];

/// How many are tried unless all are.
const SAMPLE: usize = 48;

/// How many programs one crate holds.
const CRATE: usize = 250;

/// The declarations of a program, without what runs them.
fn domain(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let program = fs::read_to_string(root.join(path)).unwrap();
    let ends = ["#[tokio::main]", "fn main() {", "#[cfg(test)]", "#[test]"];
    let end = ends.iter().filter_map(|end| program.find(end)).min();
    program[..end.unwrap_or(program.len())].replace("use eventsource_sqlite::SqliteStore;\n", "")
}

fn all() -> Vec<Mutant> {
    PROGRAMS
        .iter()
        .flat_map(|path| {
            let mut mutants = mutants::of(&domain(path));
            for mutant in &mut mutants {
                mutant.what = format!("{path}, {}", mutant.what);
            }
            mutants
        })
        .collect()
}

/// Every so many, from the beginning to the end.
fn sampled(mutants: Vec<Mutant>, many: usize) -> Vec<Mutant> {
    let step = mutants.len().div_ceil(many).max(1);
    mutants.into_iter().step_by(step).collect()
}

/// What an error must not be.
fn complaint(told: &Told) -> Option<&'static str> {
    if told.message.contains("panicked") {
        Some("a macro panicked")
    } else if told.line.contains("#[derive(") {
        Some("not at the user's own token")
    } else {
        None
    }
}

#[test]
fn the_programs_compile_as_they_are() {
    let programs = PROGRAMS.map(domain);
    let programs: Vec<&str> = programs.iter().map(String::as_str).collect();
    for (path, told) in PROGRAMS.iter().zip(check("whole", &programs)) {
        assert!(told.is_empty(), "{path}: {told:?}");
    }
}

#[test]
fn every_mistake_is_told_at_the_users_own_tokens() {
    let mut mutants = all();
    match std::env::var("EVENTSOURCE_MUTANTS").as_deref() {
        Ok("all") => {}
        Ok(many) => mutants = sampled(mutants, many.parse().expect("`all`, or a number")),
        Err(_) => mutants = sampled(mutants, SAMPLE),
    }
    // An attribute that there is not ends the compilation early, and would hide what is told of others.
    let (absent, present): (Vec<Mutant>, Vec<Mutant>) = mutants
        .into_iter()
        .partition(|mutant| mutant.mistake == Mistake::Misplace);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for group in present.chunks(CRATE).chain(absent.chunks(CRATE)) {
        let programs: Vec<&str> = group.iter().map(|mutant| mutant.source.as_str()).collect();
        for (mutant, told) in group.iter().zip(check("broken", &programs)) {
            for told in &told {
                if let Some(complaint) = complaint(told) {
                    wrong.push(format!("{complaint}: {}: {}", mutant.what, told.message));
                }
            }
            if told.is_empty() && mutant.mistake == Mistake::Misplace {
                wrong.push(format!(
                    "compiles with a foreign attribute: {}",
                    mutant.what
                ));
            }
            let count = match told.len() {
                0 => "compile",
                1 => "told once",
                _ => "told more than once",
            };
            *counts.entry(count).or_default() += 1;
        }
    }
    println!("{} mutants: {counts:?}", present.len() + absent.len());
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
