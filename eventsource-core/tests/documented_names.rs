//! What a program can be watched by is listed where operators look, under the names that it really has.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn read(path: impl AsRef<Path>) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The rows of the tables in the documentation of the module `observe`, without its links.
fn rows() -> Vec<String> {
    let source = read("src/observe/mod.rs");
    let rows = source.lines().filter_map(|line| line.strip_prefix("//! |"));
    rows.map(|row| match row.split_once("](") {
        Some((name, rest)) => {
            let (_, rest) = rest.split_once(')').unwrap();
            format!("|{}{rest}", name.replacen('[', "", 1))
        }
        None => format!("|{row}"),
    })
    .collect()
}

/// The name that a row begins with.
fn name(row: &str) -> Option<&str> {
    row.strip_prefix("| `")?.split('`').next()
}

fn is_measurement(name: &str) -> bool {
    name.starts_with("eventsource.")
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn the_page_for_operators_lists_what_the_module_lists() {
    let page = read("../docs/operations.md");
    let lines: BTreeSet<&str> = page.lines().collect();
    let rows = rows();
    assert!(rows.len() > 10);
    for row in &rows {
        assert!(
            lines.contains(row.as_str()),
            "docs/operations.md lacks the line\n{row}"
        );
    }
    let known: BTreeSet<_> = rows.iter().filter_map(|row| name(row)).collect();
    let told = page
        .lines()
        .filter_map(name)
        .filter(|name| is_measurement(name));
    for name in told {
        assert!(
            known.contains(name),
            "docs/operations.md lists {name}, which is not there"
        );
    }
}

#[test]
fn the_module_lists_every_measurement_that_it_names() {
    let source = read("src/observe/mod.rs");
    let (_, constants) = source.split_once("\npub const").unwrap();
    let labels = [
        "eventsource.aggregate.name",
        "eventsource.projection.name",
        "eventsource.projection.version",
    ];
    let labels = [
        &labels[..],
        &["eventsource.process.name", "eventsource.retry.reason"],
    ]
    .concat();
    let named: BTreeSet<&str> = constants
        .split('"')
        .filter(|name| is_measurement(name) && !labels.contains(name))
        .collect();
    let rows = rows();
    let listed = rows.iter().filter_map(|row| name(row));
    let listed: BTreeSet<&str> = listed.filter(|name| is_measurement(name)).collect();

    assert_eq!(listed, named);
}

#[test]
fn the_module_lists_every_span() {
    let mut files = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    let mut spans = BTreeSet::new();
    for file in files {
        let source = fs::read_to_string(file).unwrap();
        for (_, behind) in source
            .match_indices("_span!(")
            .map(|(at, it)| source.split_at(at + it.len()))
        {
            spans.extend(
                behind
                    .trim_start()
                    .strip_prefix('"')
                    .and_then(|it| it.split('"').next())
                    .map(str::to_owned),
            );
        }
    }
    let rows = rows();
    let listed = rows
        .iter()
        .filter_map(|row| name(row))
        .filter(|name| !is_measurement(name));

    assert_eq!(listed.map(str::to_owned).collect::<BTreeSet<_>>(), spans);
}
