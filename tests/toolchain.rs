//! The compiler whose words the ui tests compare. Another release says the same in other words.

use std::ffi::OsString;
use std::process::Command;

/// The release that `ui/**/*.stderr` are pinned to.
pub const PINNED: &str = include_str!("ui/TOOLCHAIN");

/// Whether the rustc in use is the pinned one. `cargo xtask test` says so, too, where it is not.
#[must_use]
pub fn is_pinned() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let version = Command::new(rustc)
        .arg("--version")
        .output()
        .expect("rustc runs");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let release = version.split_whitespace().nth(1);
    if release == Some(PINNED.trim()) {
        return true;
    }
    eprintln!(
        "the expected error messages are pinned to rustc {}, this is {}: they are not compared",
        PINNED.trim(),
        version.trim()
    );
    false
}
