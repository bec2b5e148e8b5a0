//! A report that the tests of one run write together, for whoever started them: a file of rows, which `cargo xtask soak` shows as tables.

use std::env;
use std::fs::OpenOptions;
use std::io::Write as _;

/// The variable that names the file. Without it nothing is written.
pub const VARIABLE: &str = "EVENTSOURCE_REPORT";

/// Adds a row of this name, with its counts, to a table of the report. The rows of a table have the same counts.
///
/// # Panics
///
/// When the file cannot be written.
pub fn row(table: &str, name: &str, counts: &[(&str, u64)]) {
    let line = line(table, name, counts);
    println!("{line}");
    let Some(file) = env::var_os(VARIABLE) else {
        return;
    };
    // One write a line: tests of several processes write at once.
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(&file)
        .and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()))
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
}

/// `table`, `name` and each `count=number`, with tabs between them.
fn line(table: &str, name: &str, counts: &[(&str, u64)]) -> String {
    let counts = counts.iter().map(|(name, count)| format!("{name}={count}"));
    let mut parts = vec![table.to_owned(), name.to_owned()];
    parts.extend(counts);
    parts.join("\t")
}
