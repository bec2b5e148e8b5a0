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
use std::sync::atomic::{AtomicUsize, Ordering};

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

/// What came of some mutants.
#[derive(Default)]
struct Tried {
    counts: BTreeMap<&'static str, usize>,
    wrong: Vec<String>,
}

/// Tries the mutants of one crate.
fn tried(group: &[Mutant], test: &str, target: &str) -> Tried {
    let mut tried = Tried::default();
    let programs: Vec<&str> = group.iter().map(|mutant| mutant.source.as_str()).collect();
    for (mutant, told) in group.iter().zip(check(test, target, &programs)) {
        let of = &mutant.what;
        for told in &told {
            if let Some(complaint) = complaint(told) {
                let message = &told.message;
                tried.wrong.push(format!("{complaint}: {of}: {message}"));
            }
        }
        if told.is_empty() && mutant.mistake == Mistake::Misplace {
            let wrong = format!("compiles with a foreign attribute: {of}");
            tried.wrong.push(wrong);
        }
        let how = match told.len() {
            0 => "compile",
            1 => "told once",
            _ => "told more than once",
        };
        *tried.counts.entry(how).or_default() += 1;
    }
    tried
}

/// How many crates make it worth to build what they need once more, in a target folder of another worker's own.
const CRATES_A_WORKER: usize = 4;

/// Tries all groups, and says how far it is.
fn in_parallel(groups: &[&[Mutant]]) -> Vec<Tried> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let workers = groups.len().div_ceil(CRATES_A_WORKER).min(cores);
    let next = AtomicUsize::new(0);
    let work = |worker: usize| {
        let (test, target) = match worker {
            0 => ("broken".to_owned(), "target".to_owned()),
            _ => (format!("broken-{worker}"), format!("target-{worker}")),
        };
        let mut done = Vec::new();
        while let Some(group) = groups.get(next.fetch_add(1, Ordering::Relaxed)) {
            let tried = tried(group, &test, &target);
            println!("{} tried, {} wrong", group.len(), tried.wrong.len());
            tried.wrong.iter().for_each(|wrong| println!("  {wrong}"));
            done.push(tried);
        }
        done
    };
    let work = &work;
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|worker| scope.spawn(move || work(worker)))
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    })
}

#[test]
fn the_programs_compile_as_they_are() {
    let programs = PROGRAMS.map(domain);
    let programs: Vec<&str> = programs.iter().map(String::as_str).collect();
    for (path, told) in PROGRAMS.iter().zip(check("whole", "target", &programs)) {
        assert!(told.is_empty(), "{path}: {told:?}");
    }
}

#[test]
fn every_mistake_is_told_at_the_users_own_tokens() {
    let mut mutants = all();
    let there_are = mutants.len() as u64;
    match std::env::var("EVENTSOURCE_MUTANTS").as_deref() {
        Ok("all") => {}
        Ok(many) => mutants = sampled(mutants, many.parse().expect("`all`, or a number")),
        Err(_) => mutants = sampled(mutants, SAMPLE),
    }
    // An attribute that there is not ends the compilation early, and would hide what is told of others.
    let (absent, present): (Vec<Mutant>, Vec<Mutant>) = mutants
        .into_iter()
        .partition(|mutant| mutant.mistake == Mistake::Misplace);
    let groups: Vec<&[Mutant]> = present.chunks(CRATE).chain(absent.chunks(CRATE)).collect();
    let (mut counts, mut wrong) = (BTreeMap::new(), Vec::new());
    for tried in in_parallel(&groups) {
        for (how, count) in tried.counts {
            *counts.entry(how).or_insert(0) += count;
        }
        wrong.extend(tried.wrong);
    }
    let counts = counts.into_iter().map(|(how, count)| (how, count as u64));
    let tried = (present.len() + absent.len()) as u64;
    let counts: Vec<(&str, u64)> = [("tried", tried), ("of", there_are)]
        .into_iter()
        .chain(counts)
        .chain([("wrong", wrong.len() as u64)])
        .collect();
    eventsource_test_servers::report::row("mistakes in attributes", "mutants", &counts);
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
