//! `cargo xtask test`: all that has to hold before a change is taken.

use crate::failure::Failure;
use crate::run::{Steps, cargo, run};
use crate::servers::Servers;
use crate::suites::Records;
use crate::workspace::Workspace;
use crate::{examples, package, rust_version, toolchain, trees};

/// Every step, in the order of what is told soonest.
///
/// All steps build with the same features in the same target folder, so that a dependency is checked once and built once.
///
/// # Errors
/// The first step that fails.
pub fn all(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    if let Some(argument) = arguments.first() {
        return Err(Failure::Argument(format!(
            "`cargo xtask test` takes no argument, and was given `{argument}`"
        )));
    }
    let release = toolchain::release()?;
    let notice = toolchain::notice(workspace, &release)?;
    println!("── rustc {release}");
    if let Some(notice) = &notice {
        println!("   {notice}");
    }
    // The benches are a workspace of their own.
    let benches = workspace.root.join("benches/Cargo.toml");
    let mut steps = Steps::new();
    steps.step("format", || {
        run(cargo().args(["fmt", "--all", "--", "--check"]))?;
        run(cargo()
            .args(["fmt", "--all", "--manifest-path"])
            .arg(&benches)
            .args(["--", "--check"]))
    })?;
    steps.step("dependencies", || {
        trees::check()?;
        rust_version::check()
    })?;
    steps.step("lint", || {
        run(cargo()
            .args(["clippy", "--workspace", "--all-targets", "--all-features"])
            .args(["--", "-D", "warnings"]))?;
        // Without the published crates that the benches compare with: those take long to build.
        run(cargo()
            .args(["clippy", "--workspace", "--all-targets", "--manifest-path"])
            .arg(&benches)
            .arg("--target-dir")
            .arg(&workspace.target)
            .args(["--", "-D", "warnings"]))
    })?;
    steps.step("build", || {
        run(cargo()
            .args(["test", "--workspace", "--all-targets", "--all-features"])
            .arg("--no-run"))
    })?;
    let records = Records::begin(workspace)?;
    steps.step("test", || {
        let servers = Servers::start()?;
        run(records.told(
            servers.told(
                cargo()
                    .args(["test", "--workspace", "--all-targets", "--all-features"])
                    .arg("--no-fail-fast")
                    // What is new is locked in the change that brings it.
                    .env("EVENTSOURCE_LOCK", "check"),
            ),
        ))
    })?;
    steps.step("suites", || records.compare(workspace))?;
    steps.step("examples", || examples::run_all(workspace))?;
    steps.step("doc tests", || {
        run(cargo().args(["test", "--workspace", "--all-features", "--doc"]))
    })?;
    steps.step("docs", || {
        run(cargo()
            .args(["doc", "--workspace", "--all-features", "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings"))
    })?;
    steps.step("features", || {
        run(cargo()
            .args(["check", "--package", "eventsource-core"])
            .arg("--no-default-features"))
    })?;
    steps.step("package", || package::all(workspace))?;
    steps.close();
    if let Some(notice) = &notice {
        println!("\n   {notice}");
    }
    Ok(())
}
