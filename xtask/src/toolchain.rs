//! The compiler that the expected error messages were written with.

use std::ffi::OsString;
use std::fs;
use std::process::Command;

use crate::failure::Failure;
use crate::run::output;
use crate::workspace::Workspace;

/// The release that `tests/ui/**/*.stderr` are pinned to. `tests/toolchain.rs` reads the same file.
///
/// # Errors
/// When the file cannot be read.
fn pinned(workspace: &Workspace) -> Result<String, Failure> {
    let path = workspace.root.join("tests").join("ui").join("TOOLCHAIN");
    match fs::read_to_string(&path) {
        Ok(release) => Ok(release.trim().to_owned()),
        Err(source) => Err(Failure::File { path, source }),
    }
}

/// The release of the compiler in use, as `1.95.0`.
///
/// # Errors
/// When rustc cannot be run.
pub fn release() -> Result<String, Failure> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let version = output(Command::new(rustc).arg("--version"))?;
    Ok(version
        .split_whitespace()
        .nth(1)
        .unwrap_or_default()
        .to_owned())
}

/// What has to be said about a compiler other than the pinned one: nothing, if it is the one.
///
/// # Errors
/// When it is not known which one is pinned.
pub fn notice(workspace: &Workspace, release: &str) -> Result<Option<String>, Failure> {
    let pinned = pinned(workspace)?;
    Ok((release != pinned).then(|| {
        format!(
            "this is rustc {release}; the expected error messages in tests/ui are pinned to {pinned} and are NOT compared in this run\n   \
             to compare them: cargo +{pinned} xtask test"
        )
    }))
}
