//! The conformance suite's table in `docs/stores.md`: each case on each store, each broken store and what catches it, as a run has found them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;
use crate::run::{Steps, cargo, run};
use crate::servers::Servers;
use crate::workspace::Workspace;

/// The page, and what its table stands between.
const PAGE: &str = "docs/stores.md";
const BEGIN: &str = "<!-- the suite's table, as `cargo xtask suites` writes it -->";
const END: &str = "<!-- the end of the suite's table -->";

/// Names the folder of the records; see the conformance suite's documentation.
const RECORDS: &str = "EVENTSOURCE_SUITE_RECORDS";

/// Has a page written anew instead of compared.
const UPDATE: &str = "EVENTSOURCE_UPDATE";

/// Each store: its title, and the package and the module in which its suite is run.
const STORES: &[(&str, &str, &str)] = &[
    ("memory", "eventsource-core", "memory_suite"),
    ("SQLite, a file", "eventsource-sqlite", "suite.in_file"),
    ("SQLite in memory", "eventsource-sqlite", "suite.in_memory"),
    ("PostgreSQL", "eventsource-postgres", "suite"),
    ("JetStream", "eventsource-nats", "suite"),
];

/// Runs the suite on all stores and the broken stores against it, and compares the table; with `EVENTSOURCE_UPDATE=1` it is written anew.
///
/// # Errors
/// When a case fails, or the table on the page is another one.
pub fn all(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    if let Some(argument) = arguments.first() {
        return Err(Failure::Argument(format!(
            "`cargo xtask suites` takes no argument, and was given `{argument}`"
        )));
    }
    let records = Records::begin(workspace)?;
    let mut steps = Steps::new();
    steps.step("suites", || {
        let servers = Servers::start()?;
        let mut tests = cargo();
        tests.arg("test");
        for package in STORES.iter().map(|(_, package, _)| package) {
            tests.args(["--package", package]);
        }
        tests.args(["--all-features", "--no-fail-fast", "--test", "suite"]);
        tests.args(["--test", "memory_suite", "--test", "broken_stores"]);
        run(records.told(servers.told(&mut tests)))
    })?;
    steps.step("table", || records.compare(workspace))?;
    steps.close();
    Ok(())
}

/// What a run's cases write down, a file each.
pub struct Records {
    folder: PathBuf,
}

impl Records {
    /// Begins with none.
    ///
    /// # Errors
    /// When those of the last run cannot be removed.
    pub fn begin(workspace: &Workspace) -> Result<Self, Failure> {
        let folder = workspace.target.join("xtask").join("suites");
        match fs::remove_dir_all(&folder) {
            Err(source) if source.kind() != ErrorKind::NotFound => Err(Failure::File {
                path: folder,
                source,
            }),
            _ => Ok(Self { folder }),
        }
    }

    /// Tells a command where to write them.
    pub fn told<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env(RECORDS, &self.folder)
    }

    /// Holds the table that the run has made against the page's.
    ///
    /// # Errors
    /// When they differ, or the run was not of all cases on all stores.
    pub fn compare(&self, workspace: &Workspace) -> Result<(), Failure> {
        let path = workspace.root.join(PAGE);
        let failed = |source| Failure::File {
            path: path.clone(),
            source,
        };
        let page = fs::read_to_string(&path).map_err(failed)?;
        let (before, rest) = page.split_once(BEGIN).ok_or_else(|| lacks(BEGIN))?;
        let (found, after) = rest.split_once(END).ok_or_else(|| lacks(END))?;
        let table = self.table()?;
        if found == table {
            return Ok(());
        }
        if std::env::var_os(UPDATE).is_some() {
            println!("   {PAGE}: written anew");
            return fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).map_err(failed);
        }
        let changed = table
            .lines()
            .find(|line| !found.lines().any(|old| old == *line));
        Err(Failure::Rule(format!(
            "the table in {PAGE} is not what this run has found ({}): write it anew with `{UPDATE}=1 cargo xtask suites`",
            changed.unwrap_or("it has lines too many")
        )))
    }

    fn table(&self) -> Result<String, Failure> {
        let (cases, caught) = self.read()?;
        let mut text = String::from("\n\n| case |");
        for (title, ..) in STORES {
            let _ = write!(text, " {title} |");
        }
        text += "\n|---|";
        text += &"---|".repeat(STORES.len());
        text.push('\n');
        let mut theme = "";
        for (case, outcomes) in &cases {
            let (of, name) = case.split_once('.').unwrap_or(("", case));
            if of != theme {
                theme = of;
                let _ = writeln!(text, "| **{theme}** |{}", " |".repeat(STORES.len()));
            }
            let _ = write!(text, "| {} |", words(name));
            for (title, ..) in STORES {
                let outcome = outcomes.get(title).ok_or_else(|| {
                    Failure::Rule(format!("the run lacks the case {case} on {title}"))
                })?;
                let _ = write!(text, " {outcome} |");
            }
            text.push('\n');
        }
        text += "\n| broken store | is caught by |\n|---|---|\n";
        for (defect, by) in &caught {
            let by: Vec<String> = by.iter().map(|case| case.replace('.', ": ")).collect();
            let by = words(&by.join(" · "));
            let _ = writeln!(text, "| {} | {by} |", spaced(defect));
        }
        text.push('\n');
        Ok(text)
    }

    /// What became of each case on each store, and which cases caught each broken store.
    fn read(&self) -> Result<(Cases, Caught), Failure> {
        let failed = |source| Failure::File {
            path: self.folder.clone(),
            source,
        };
        let (mut cases, mut caught) = (Cases::new(), Caught::new());
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let outcome = fs::read_to_string(&path).map_err(failed)?;
            let name = path.file_name().and_then(|name| name.to_str());
            let Some((package, case)) = name.and_then(|name| name.split_once(' ')) else {
                continue;
            };
            if package == "broken" {
                if let Some((defect, case)) = case.split_once('.') {
                    let by = caught.entry(defect.to_owned()).or_default();
                    by.insert(case.to_owned());
                }
                continue;
            }
            let store = STORES.iter().find_map(|(title, of, module)| {
                let case = case.strip_prefix(module)?.strip_prefix('.')?;
                (package == *of).then_some((*title, case))
            });
            if let Some((title, case)) = store {
                let mark = mark(&outcome)?;
                cases
                    .entry(case.to_owned())
                    .or_default()
                    .insert(title, mark);
            }
        }
        Ok((cases, caught))
    }
}

type Cases = BTreeMap<String, BTreeMap<&'static str, &'static str>>;
type Caught = BTreeMap<String, BTreeSet<String>>;

fn mark(outcome: &str) -> Result<&'static str, Failure> {
    match outcome {
        "checked" => Ok("✓"),
        "in part" => Ok("(✓)"),
        "not claimed" => Ok("–"),
        other => Err(Failure::Rule(format!(
            "the suite knows the outcome `{other}`, and the table does not"
        ))),
    }
}

fn lacks(line: &str) -> Failure {
    Failure::Rule(format!("{PAGE} lacks the line `{line}`"))
}

/// `one_of_sixteen_wins` in words.
fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// `LateCheckpoint` in words.
fn spaced(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push(' ');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_made_of_what_was_recorded() {
        let folder =
            std::env::temp_dir().join(format!("eventsource-suites-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let records = Records { folder };
        for (number, (_, package, module)) in STORES.iter().enumerate() {
            let outcome = ["checked", "in part", "not claimed"][number % 3];
            let file = format!("{package} {module}.views.a_row_is_there");
            fs::write(records.folder.join(file), outcome).unwrap();
        }
        for file in [
            "broken SplitAppend.append.a_b",
            "broken SplitAppend.order.c",
            "other suite.x",
        ] {
            fs::write(records.folder.join(file), "caught").unwrap();
        }
        let table = records.table().unwrap();
        assert!(table.contains("\n| **views** |"), "{table}");
        assert!(
            table.contains("\n| a row is there | ✓ | (✓) | – | ✓ | (✓) |\n"),
            "{table}"
        );
        assert!(
            table.contains("\n| split append | append: a b · order: c |\n"),
            "{table}"
        );
        let lacking = format!("{} suite.views.another", STORES[3].1);
        fs::write(records.folder.join(lacking), "checked").unwrap();
        let error = records.table().unwrap_err().to_string();
        assert!(error.contains("views.another on memory"), "{error}");
        fs::remove_dir_all(&records.folder).unwrap();
    }
}
