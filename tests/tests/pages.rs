//! What the pages show is what stands in the tree: their Rust code in programs that are compiled and run, their errors in what the compiler is
//! held to, their links in files.

use std::fs;
use std::path::{Path, PathBuf};

/// The pages. One that is missing fails the test.
const PAGES: &[&str] = &[
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/SUMMARY.md",
    "docs/introduction.md",
    "docs/guide.md",
    "docs/attributes.md",
    "docs/evolution.md",
    "docs/read-side.md",
    "docs/rebuilding.md",
    "docs/process-managers.md",
    "docs/stores.md",
    "docs/writing-a-store.md",
    "docs/moving.md",
    "docs/operations.md",
    "docs/architecture.md",
    "eventsource-derive/README.md",
    "eventsource-sqlite/README.md",
    "eventsource-stores/README.md",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file below the folder whose name ends so, in one text.
fn all_below(folder: &Path, extension: &str, text: &mut String) {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all_below(&path, extension, text);
        } else if path.extension().is_some_and(|found| found == extension) {
            text.push_str(&read(&path));
        }
    }
}

/// The same words, whatever stands between them.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The fenced blocks of a page: what stands behind the fence, and the block.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(kind), None) => open = Some((kind.trim().to_owned(), String::new())),
            (None, Some((_, block))) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a fenced block is not closed");
    blocks
}

#[test]
fn the_code_on_the_pages_is_code_that_runs() {
    let mut programs = String::new();
    for folder in ["examples", "tests/tests", "eventsource-core/tests"] {
        all_below(&root().join(folder), "rs", &mut programs);
    }
    let programs = words(&programs);
    let mut shown = 0;
    for page in PAGES {
        for (kind, block) in blocks(&read(&root().join(page))) {
            if kind.split(',').next() != Some("rust") {
                continue;
            }
            shown += 1;
            assert!(
                programs.contains(&words(&block)),
                "{page} shows code that stands in no example and no test:\n{block}"
            );
        }
    }
    assert!(shown > 10, "only {shown} blocks of code were found");
}

#[test]
fn the_errors_in_the_readme_are_those_that_the_compiler_is_held_to() {
    let mut errors = String::new();
    all_below(&root().join("tests/ui"), "stderr", &mut errors);
    let errors = words(&errors);
    let mut shown = 0;
    for (kind, block) in blocks(&read(&root().join("README.md"))) {
        if kind == "text" {
            shown += 1;
            assert!(
                errors.contains(&words(&block)),
                "the readme shows an error that no ui test pins:\n{block}"
            );
        }
    }
    assert!(shown > 0, "the readme shows no error");
}

#[test]
fn the_links_on_the_pages_lead_somewhere() {
    let mut followed = 0;
    for page in PAGES {
        let path = root().join(page);
        let folder = path.parent().unwrap();
        for part in read(&path).split("](").skip(1) {
            let target = part.split(')').next().unwrap_or_default();
            let target = target.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            followed += 1;
            assert!(
                folder.join(target).exists(),
                "{page} links to {target}, which is not there"
            );
        }
    }
    assert!(followed > 10, "only {followed} links were found");
}
