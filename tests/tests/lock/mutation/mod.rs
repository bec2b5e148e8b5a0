//! The examples, changed in each way that a stored event may suffer from, and in ways that it does not: what the compiler and the lock say.
//!
//! `cargo test` tries a dozen of them; `EVENTSOURCE_MUTANTS=all`, as `cargo xtask soak` sets it, tries all.

mod mutants;
mod run;

use mutants::Mutant;
use run::{Outcome, outcomes};

/// How many are tried unless all are.
const SAMPLE: usize = 14;

#[test]
fn what_changes_how_a_stored_event_reads_is_caught_and_nothing_else() {
    let all = std::env::var("EVENTSOURCE_MUTANTS").as_deref() == Ok("all");
    let mutants = mutants::all();
    let step = if all {
        1
    } else {
        mutants.len().div_ceil(SAMPLE)
    };
    let mutants: Vec<Mutant> = mutants.into_iter().step_by(step).collect();
    let (mut caught, mut harmful, mut refused, mut harmless) = (0, 0, 0, 0);
    let mut wrong = Vec::new();
    for (mutant, outcome) in mutants.iter().zip(outcomes("lock", &mutants)) {
        let is_refused = !matches!(outcome, Outcome::Passes(_));
        if mutant.is_harmful {
            harmful += 1;
            caught += u64::from(is_refused);
        } else {
            harmless += 1;
            refused += u64::from(is_refused);
        }
        if is_refused != mutant.is_harmful {
            wrong.push(format!("{mutant:?}\n{outcome:?}"));
        }
        if all {
            println!("{mutant:?}\n  {outcome:?}");
        }
    }
    eventsource_test_servers::report::row(
        "changes against the schema lock",
        "mutants",
        &[
            ("harmful", harmful),
            ("caught", caught),
            ("harmless", harmless),
            ("refused", refused),
        ],
    );
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
