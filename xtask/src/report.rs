//! The report of a run, which its tests write row by row: see `eventsource_test_servers::report`.

use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::Command;

use eventsource_test_servers::report::VARIABLE;

use crate::failure::Failure;
use crate::workspace::Workspace;

/// The file that a run's tests write to.
pub struct Report {
    file: PathBuf,
}

impl Report {
    /// Begins an empty one.
    ///
    /// # Errors
    /// When that of the last run cannot be removed.
    pub fn begin(workspace: &Workspace) -> Result<Self, Failure> {
        let folder = workspace.target.join("xtask");
        let file = folder.join("report.tsv");
        let failed = |source| Failure::File {
            path: file.clone(),
            source,
        };
        fs::create_dir_all(&folder).map_err(failed)?;
        match fs::remove_file(&file) {
            Err(source) if source.kind() != ErrorKind::NotFound => Err(failed(source)),
            _ => Ok(Self { file }),
        }
    }

    /// Tells a command where it is.
    pub fn told<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env(VARIABLE, &self.file)
    }

    /// Shows what was written, a table each.
    pub fn show(&self) {
        let written = fs::read_to_string(&self.file).unwrap_or_default();
        for table in tables(&written) {
            println!("\n── {table}");
        }
        println!("\n   the rows stand in {}", self.file.display());
    }
}

/// A row: its name, and its counts with their names.
type Row<'a> = (&'a str, Vec<(&'a str, &'a str)>);

/// Each table, with its name, as columns of one width.
fn tables(written: &str) -> Vec<String> {
    let mut tables: Vec<(&str, Vec<Row<'_>>)> = Vec::new();
    for line in written.lines() {
        let mut parts = line.split('\t');
        let (Some(table), Some(name)) = (parts.next(), parts.next()) else {
            continue;
        };
        let row = (
            name,
            parts.filter_map(|part| part.split_once('=')).collect(),
        );
        match tables.iter_mut().find(|(known, _)| *known == table) {
            Some((_, rows)) => rows.push(row),
            None => tables.push((table, vec![row])),
        }
    }
    tables
        .into_iter()
        .map(|(table, mut rows)| {
            rows.sort_by_key(|(name, _)| *name);
            let head: Vec<&str> = rows
                .first()
                .map(|(_, counts)| counts.iter().map(|(name, _)| *name).collect())
                .unwrap_or_default();
            let width = rows.iter().map(|(name, _)| name.chars().count()).max();
            let width = width.unwrap_or(0);
            let mut text = format!("{table}\n   {:width$}", "");
            for name in &head {
                let _ = write!(text, "  {name:>12}");
            }
            for (name, counts) in &rows {
                let _ = write!(text, "\n   {name:width$}");
                for (_, count) in counts {
                    let _ = write!(text, "  {count:>12}");
                }
            }
            text
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_shown_by_table() {
        let written = "crashes\tB\tkills=10\tlost=0\nmutants\tM\ttried=5\ncrashes\tA long one\tkills=3\tlost=1\n";
        let tables = tables(written);
        assert_eq!(
            tables,
            [
                "crashes\n                      kills          lost\n   A long one             3             1\n   B                     10             0",
                "mutants\n             tried\n   M             5",
            ]
        );
    }
}
