//! Programs of the system, and the user that they run as.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The first program of this name in `PATH`.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

/// Whether this process runs as root, which PostgreSQL refuses to.
pub fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// A command for this program, as the user `nobody` where this process is root's.
pub fn unprivileged(program: &Path, root: bool) -> Command {
    if !root {
        return Command::new(program);
    }
    // It becomes the program, so that the process id is the program's.
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=nobody", "--clear-groups"])
        .arg(program);
    command
}

/// Gives a folder to the user `nobody`.
pub fn give_to_nobody(folder: &Path) -> bool {
    Command::new("chown")
        .args([OsStr::new("nobody"), folder.as_os_str()])
        .status()
        .is_ok_and(|status| status.success())
}
