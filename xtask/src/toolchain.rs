//! The compiler that the expected error messages were written with.

use std::ffi::OsString;
use std::process::Command;

use crate::failure::Failure;
use crate::run::output;

/// The release that `tests/ui/**/*.stderr` are pinned to. `tests/tests/ui.rs` reads the same file.
pub const PINNED: &str = include_str!("../../tests/ui/TOOLCHAIN");

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
pub fn notice(release: &str) -> Option<String> {
    let pinned = PINNED.trim();
    (release != pinned).then(|| {
        format!(
            "this is rustc {release}; the expected error messages in tests/ui are pinned to {pinned} and are NOT compared in this run\n   \
             to compare them: cargo +{pinned} xtask test"
        )
    })
}
