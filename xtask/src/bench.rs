//! `cargo xtask bench`: the workspace in `benches/`, which is not part of the test command because its peers take long to build.

use crate::failure::Failure;
use crate::run::{Steps, cargo, run};
use crate::workspace::Workspace;

/// Runs all benches, beside the published crates too. Arguments are passed on to `cargo bench` instead: `cargo xtask bench --bench replay`.
///
/// # Errors
/// When a bench does not build or fails.
pub fn all(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    let mut command = cargo();
    command
        .current_dir(workspace.root.join("benches"))
        .arg("bench");
    if arguments.is_empty() {
        // Benches that ask no peers pass over the word.
        command.args(["--", "--peers"]);
    } else {
        command.args(arguments);
    }
    let mut steps = Steps::new();
    steps.step("bench", || run(&mut command))?;
    steps.close();
    Ok(())
}
