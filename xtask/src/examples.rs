//! Every example is a program that is run, none is only compiled.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::failure::Failure;
use crate::run::{cargo, output, run_within, typed};
use crate::workspace::Workspace;

/// Each example is run this often in one folder, so that a later run finds what an earlier one wrote.
const RUNS: usize = 2;

/// An example that takes longer than this has hung.
const LIMIT: Duration = Duration::from_secs(180);

/// Builds and runs every example that cargo knows, each in an empty folder of its own.
///
/// # Errors
/// When an example fails or hangs, or when a source file beside the examples is none of them.
pub fn run_all(workspace: &Workspace) -> Result<(), Failure> {
    every_source_is_an_example(workspace)?;
    let programs = build()?;
    for example in &workspace.examples {
        let program = programs
            .get(&example.source)
            .ok_or_else(|| Failure::Rule(format!("example `{}` was not built", example.name)))?;
        run_one(workspace, &example.name, program)?;
    }
    Ok(())
}

/// A program in `examples/` that `examples/Cargo.toml` does not list would never be compiled.
fn every_source_is_an_example(workspace: &Workspace) -> Result<(), Failure> {
    let folder = workspace.root.join("examples");
    for entry in read_folder(&folder)? {
        let main = entry.join("main.rs");
        let entry = if main.exists() { main } else { entry };
        let known = workspace
            .examples
            .iter()
            .any(|example| example.source == entry);
        if entry.extension().is_some_and(|extension| extension == "rs") && !known {
            return Err(Failure::Rule(format!(
                "{} is no example yet: give it an [[example]] entry with `test = true` in examples/Cargo.toml",
                entry.display()
            )));
        }
    }
    Ok(())
}

fn read_folder(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failed = |source| Failure::File {
        path: folder.to_path_buf(),
        source,
    };
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        entries.push(entry.map_err(failed)?.path());
    }
    Ok(entries)
}

/// Builds the examples; the answer maps an example's source file to its program.
fn build() -> Result<BTreeMap<PathBuf, PathBuf>, Failure> {
    let mut command = cargo();
    command.args([
        "build",
        "--workspace",
        "--all-features",
        "--examples",
        "--message-format=json-render-diagnostics",
    ]);
    println!("   {}", typed(&command));
    let mut programs = BTreeMap::new();
    for line in output(&mut command)?.lines() {
        let Ok(message) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let source = message.pointer("/target/src_path").and_then(Value::as_str);
        let program = message.pointer("/executable").and_then(Value::as_str);
        if let (Some(source), Some(program)) = (source, program) {
            programs.insert(PathBuf::from(source), PathBuf::from(program));
        }
    }
    Ok(programs)
}

fn run_one(workspace: &Workspace, name: &str, program: &Path) -> Result<(), Failure> {
    let folder = workspace.target.join("xtask").join("examples").join(name);
    let failed = |source| Failure::File {
        path: folder.clone(),
        source,
    };
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(failed)?;
    }
    fs::create_dir_all(&folder).map_err(failed)?;
    for run in 1..=RUNS {
        println!("   example {name}, run {run} of {RUNS} in one folder");
        run_within(Command::new(program).current_dir(&folder), LIMIT)?;
    }
    Ok(())
}
