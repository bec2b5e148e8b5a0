//! The page tells all recipes, and no others.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const PAGE: &str = include_str!("../../../docs/evolution.md");
const SOURCES: [&str; 5] = [
    include_str!("aggregates.rs"),
    include_str!("fields.rs"),
    include_str!("types.rs"),
    include_str!("events.rs"),
    include_str!("states.rs"),
];

#[test]
fn the_page_names_the_test_of_every_recipe() {
    let tests: BTreeSet<&str> = SOURCES
        .iter()
        .flat_map(|source| source.split("test]\n").skip(1))
        .filter_map(|test| test.trim_start_matches("async ").strip_prefix("fn "))
        .filter_map(|test| test.split('(').next())
        .collect();
    let told: BTreeSet<&str> = PAGE
        .lines()
        .filter_map(|line| line.strip_prefix("Test: `")?.strip_suffix('`'))
        .collect();
    assert_eq!(tests, told);
    assert!(tests.len() >= 20, "{}", tests.len());
}

/// A test's own text, from its name to its end.
fn test_named(name: &str) -> &'static str {
    SOURCES
        .iter()
        .find_map(|source| {
            let (_, from) = source.split_once(&format!("fn {name}("))?;
            from.split_once("\n}\n").map(|(test, _)| test)
        })
        .unwrap_or_else(|| panic!("there is no test {name}"))
}

#[test]
fn what_the_page_says_of_the_lock_is_what_the_lock_says() {
    let mut quoted = Vec::new();
    let mut count = 0;
    for line in PAGE.lines() {
        if let Some(words) = line.strip_prefix("> ") {
            quoted.push(words.replace('"', "\\\""));
        }
        // A recipe ends with the name of its test.
        if let Some(name) = line.strip_prefix("Test: `") {
            let test = test_named(name.trim_end_matches('`'));
            for words in quoted.drain(..) {
                assert!(
                    test.contains(&words),
                    "{name} does not hold the lock to {words:?}"
                );
                count += 1;
            }
        }
    }
    assert!(quoted.is_empty(), "no recipe has {quoted:?}");
    assert!(count >= 10, "{count}");
}

/// The tokens of a piece of code, near enough: what is laid out otherwise is the same.
fn tokens(code: &str) -> String {
    let lines = code
        .lines()
        .map(|line| line.split("//").next().unwrap_or(line));
    let joined: String = lines.flat_map(str::split_whitespace).collect();
    joined.replace(",}", "}").replace(",)", ")")
}

#[test]
fn the_code_of_the_page_is_that_of_the_tests() {
    let sources: Vec<String> = SOURCES.iter().map(|source| tokens(source)).collect();
    let blocks: Vec<&str> = PAGE
        .split("```rust\n")
        .skip(1)
        .filter_map(|block| block.split("```").next())
        .collect();
    for block in &blocks {
        // Each item by itself: a test may have others between them.
        for item in block.split("\n\n") {
            let item = tokens(item);
            assert!(
                sources.iter().any(|source| source.contains(&item)),
                "no test has this code:\n{block}"
            );
        }
    }
    assert!(blocks.len() >= 12, "{}", blocks.len());
}

/// All that the compiler is held to say.
fn told_by_the_compiler(folder: &Path, told: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            told_by_the_compiler(&path, told);
        } else if path.extension().is_some_and(|it| it == "stderr") {
            told.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn what_the_page_says_of_the_compiler_is_what_the_compiler_says() {
    let mut told = String::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    told_by_the_compiler(&folder, &mut told);
    let errors: Vec<&str> = PAGE
        .lines()
        .filter(|line| line.starts_with("error"))
        .collect();
    for error in &errors {
        assert!(told.contains(error), "no ui test pins {error:?}");
    }
    assert!(errors.len() >= 4, "{}", errors.len());
}
