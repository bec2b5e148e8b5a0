//! The page tells all recipes, and no others.

use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../../docs/evolution.md");
const SOURCES: [&str; 4] = [
    include_str!("fields.rs"),
    include_str!("types.rs"),
    include_str!("events.rs"),
    include_str!("states.rs"),
];

#[test]
fn the_page_names_the_test_of_every_recipe() {
    let tests: BTreeSet<&str> = SOURCES
        .iter()
        .flat_map(|source| source.split("#[test]\nfn ").skip(1))
        .filter_map(|test| test.split('(').next())
        .collect();
    let told: BTreeSet<&str> = PAGE
        .lines()
        .filter_map(|line| line.strip_prefix("Test: `")?.strip_suffix('`'))
        .collect();
    assert_eq!(tests, told);
    assert!(tests.len() >= 20, "{}", tests.len());
}

#[test]
fn what_the_page_says_of_the_lock_is_what_the_lock_says() {
    let quoted = PAGE.lines().filter_map(|line| line.strip_prefix("> "));
    let mut count = 0;
    for words in quoted {
        let escaped = words.replace('"', "\\\"");
        assert!(
            SOURCES.iter().any(|source| source.contains(&escaped)),
            "no test holds the lock to {words:?}"
        );
        count += 1;
    }
    assert!(count >= 10, "{count}");
}
