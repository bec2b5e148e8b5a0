//! `cargo xtask bench`: the workspace in `benches/`, which is not part of the test command because its peers take long to build.

use crate::failure::Failure;
use crate::run::{Steps, cargo, run};
use crate::workspace::Workspace;

/// Runs the benches; the arguments are passed on to `cargo bench`.
///
/// # Errors
/// When a bench does not build or fails.
pub fn all(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    let mut steps = Steps::new();
    steps.step("bench", || {
        run(cargo()
            .current_dir(workspace.root.join("benches"))
            .arg("bench")
            .args(arguments))
    })?;
    steps.close();
    Ok(())
}
