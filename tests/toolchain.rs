//! The compiler whose words the ui tests compare. Another release says the same in other words.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

/// The release that `ui/**/*.stderr` are pinned to.
pub const PINNED: &str = include_str!("ui/TOOLCHAIN");

/// Whether the rustc in use is the pinned one, with no component that has it say more. What is otherwise is said, past what captures a test's output.
#[must_use]
pub fn is_pinned() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let version = said(&rustc, &["--version"]);
    let sysroot = said(&rustc, &["--print", "sysroot"]);
    let Some(otherwise) = otherwise(PINNED.trim(), &version, Path::new(&sysroot)) else {
        return true;
    };
    // Where there is nobody to tell, nothing is told.
    let _ = writeln!(std::io::stderr(), "{otherwise}");
    false
}

fn said(rustc: &OsStr, arguments: &[&str]) -> String {
    let output = Command::new(rustc).args(arguments).output();
    let output = output.expect("rustc runs").stdout;
    String::from_utf8_lossy(&output).trim().to_owned()
}

/// What is not as it was where the words were written; `None` where all is.
fn otherwise(pinned: &str, version: &str, sysroot: &Path) -> Option<String> {
    let what = if version.split_whitespace().nth(1) != Some(pinned) {
        format!("this is {version}")
    } else if sysroot.join("lib/rustlib/src/rust/library").exists() {
        "this one has the `rust-src` component, with which it shows lines of the standard library (`rustup component remove rust-src` takes it away)"
            .to_owned()
    } else {
        return None;
    };
    Some(format!(
        "the expected error messages are NOT COMPARED: they are pinned to rustc {pinned}, and {what}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_release_is_said_and_so_is_the_source_of_the_standard_library() {
        let sysroot = tempfile::tempdir().unwrap();
        let otherwise = |version| otherwise("1.95.0", version, sysroot.path());
        assert_eq!(otherwise("rustc 1.95.0 (abc 2026-01-01)"), None);
        let other = otherwise("rustc 1.96.0-nightly (abc 2026-01-01)").unwrap();
        assert!(other.contains("pinned to rustc 1.95.0") && other.contains("1.96.0-nightly"));
        std::fs::create_dir_all(sysroot.path().join("lib/rustlib/src/rust/library")).unwrap();
        let other = otherwise("rustc 1.95.0 (abc 2026-01-01)").unwrap();
        assert!(other.contains("rust-src"), "{other}");
    }
}
