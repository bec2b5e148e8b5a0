//! Each of our attributes broken in each way that a typing error can: the derives say so, at the user's own tokens, or what they generate differs.

#![cfg(test)]

use std::collections::BTreeMap;
use std::ops::Range;

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::Item;

use super::diagnostics::{DERIVES, derived, mistakes};
use super::golden;
use super::mutants::{self, Mistake, Mutant};

/// Programs that compile, in which every key of every attribute stands.
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

/// An item that one of our derives stands on.
struct Derived {
    derive: &'static str,
    range: Range<usize>,
}

fn items(source: &str) -> Vec<Derived> {
    let file = syn::parse_file(source).expect("the program is one");
    let mut found = Vec::new();
    collect(&file.items, &mut found);
    found
}

fn collect(items: &[Item], found: &mut Vec<Derived>) {
    for item in items {
        let attrs = match item {
            Item::Struct(item) => &item.attrs,
            Item::Enum(item) => &item.attrs,
            Item::Mod(item) => {
                let inner = item.content.as_ref().map(|(_, items)| items.as_slice());
                collect(inner.unwrap_or_default(), found);
                continue;
            }
            _ => continue,
        };
        let asked: String = attrs
            .iter()
            .filter(|attr| attr.path().is_ident("derive"))
            .map(|attr| attr.meta.to_token_stream().to_string())
            .collect();
        let words: Vec<&str> = asked
            .split(|letter: char| !letter.is_alphanumeric())
            .collect();
        let Some((derive, _)) = DERIVES.iter().find(|(derive, _)| words.contains(derive)) else {
            continue;
        };
        let trees: Vec<_> = item.to_token_stream().into_iter().collect();
        if let [first, .., last] = trees.as_slice() {
            found.push(Derived {
                derive,
                range: first.span().byte_range().start..last.span().byte_range().end,
            });
        }
    }
}

/// What a derive answered to a mutant.
enum Answer {
    /// So many errors.
    Told(usize),
    /// Other code than for the item as it was.
    Changed,
    /// The same code.
    Same,
}

/// The item of the mutant, and what is made of it.
fn answer(program: &str, item: &Derived, mutant: &Mutant) -> (String, Answer) {
    let grown = mutant.source.len() + item.range.end - program.len();
    let text = mutant.source[item.range.start..grown].to_owned();
    let output = derived(item.derive, &text);
    let told = mistakes(output.clone());
    for mistake in &told {
        assert!(
            mistake.start != mistake.end && mistake.end.line <= text.lines().count(),
            "not at a token of the item: {mistake:?}, for {}",
            mutant.what
        );
    }
    let answer = if !told.is_empty() {
        Answer::Told(told.len())
    } else if same(&output, &derived(item.derive, &program[item.range.clone()])) {
        Answer::Same
    } else {
        Answer::Changed
    };
    (text, answer)
}

/// The attribute's name that stands there now.
fn word_at(mutant: &Mutant) -> &str {
    let rest = &mutant.source[mutant.at.start..];
    let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    &rest[..end.unwrap_or(rest.len())]
}

fn same(one: &TokenStream, other: &TokenStream) -> bool {
    one.to_string() == other.to_string()
}

/// What may be left out, with the same code generated: what is left out, and why it is right to stand there.
const HARMLESS: [(&str, &str); 3] = [
    ("event/version", SAID_ANYWAY),
    ("command/version", SAID_ANYWAY),
    ("aggregate/snapshot/version", SAID_ANYWAY),
];

const SAID_ANYWAY: &str = "`version = 1` says in words what holds without it";

#[test]
fn every_mistake_is_told_or_changes_what_is_generated() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for path in PROGRAMS {
        // The published package is this crate alone, without the programs.
        let Some(file) = golden::in_repository(path) else {
            return;
        };
        let program = golden::read(&file);
        let items = items(&program);
        for mutant in mutants::of(&program) {
            let Some(item) = items
                .iter()
                .find(|item| item.range.contains(&mutant.at.start))
            else {
                continue;
            };
            let (text, answer) = answer(&program, item, &mutant);
            let count = match answer {
                // An attribute of another name: of one that a derive knows it says so itself, or asks whether the item is that, too.
                Answer::Told(_) if mutant.mistake == Mistake::Misplace => {
                    "of another attribute, told"
                }
                _ if mutant.mistake == Mistake::Misplace => {
                    let word = word_at(&mutant);
                    if matches!(answer, Answer::Same) && crate::foreign::is_known(word) {
                        wrong.push(format!("{path}: no effect: {}", mutant.what));
                    }
                    "of another attribute, left to rustc"
                }
                Answer::Told(1) => "told, once",
                Answer::Told(_) => "told, more than once",
                // Keys stand in any order.
                Answer::Same if mutant.mistake == Mistake::Swap => "of keys in another order",
                Answer::Same => {
                    wrong.push(format!("{path}: no effect: {}", mutant.what));
                    "without effect"
                }
                Answer::Changed => {
                    let whole = derived(item.derive, &text);
                    for less in mutants::without_each(&text) {
                        let output = derived(item.derive, &less.source);
                        let mut harmless = HARMLESS.iter();
                        if !harmless.any(|(key, _)| less.is(Mistake::Drop, key))
                            && mistakes(output.clone()).is_empty()
                            && same(&output, &whole)
                        {
                            wrong.push(format!(
                                "{path}: after {}, no effect of {}",
                                mutant.what, less.what
                            ));
                        }
                    }
                    "left to rustc, and generated otherwise"
                }
            };
            *counts.entry(count).or_default() += 1;
        }
    }
    let all: usize = counts.values().sum();
    println!("{all} mutants: {counts:?}");
    assert!(all > 1000, "only {all} mutants");
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
