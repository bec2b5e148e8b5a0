//! A server that ends with this process.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::NoServer;

/// Starts what follows its second argument, and stops it by its id when its input ends, with the signal that is its second argument. The
/// folder, its first argument, goes with it, unless it is to be kept. A server that has only just begun may not heed the signal yet, so it is sent
/// until there is none.
const GUARD: &str = r#"
folder=$1 signal=$2
shift 2
"$@" >"$folder/server.log" 2>&1 </dev/null &
server=$!
echo "$server" >"$folder/server.pid"
while read -r _; do :; done
while kill -s "$signal" "$server" 2>/dev/null; do sleep 0.05; done
test -e "$folder/keep" || rm -rf "$folder"
"#;

/// A running server. It is stopped, and its folder removed, when this is dropped or this process ends.
#[derive(Debug)]
pub struct Guarded {
    guard: Child,
    command: Command,
    folder: PathBuf,
    signal: &'static str,
}

impl Guarded {
    /// Starts the server; `folder` is its own, and `signal` ends it soon and in order.
    pub fn start(
        command: Command,
        folder: PathBuf,
        signal: &'static str,
    ) -> Result<Self, NoServer> {
        let guard = guard(&command, &folder, signal)?;
        Ok(Self {
            guard,
            command,
            folder,
            signal,
        })
    }

    /// Starts it on its folder again, after it has ended.
    pub fn start_again(&mut self) -> Result<(), NoServer> {
        let keep = self.folder.join("keep");
        let failed = |error| NoServer(format!("{} cannot be written to: {error}", keep.display()));
        fs::write(&keep, "").map_err(failed)?;
        self.stop();
        fs::remove_file(&keep).map_err(failed)?;
        self.guard = guard(&self.command, &self.folder, self.signal)?;
        Ok(())
    }

    /// The server's process id.
    pub fn server(&self) -> Option<String> {
        let id = fs::read_to_string(self.folder.join("server.pid")).ok()?;
        Some(id.trim().to_owned()).filter(|id| !id.is_empty())
    }

    /// Its folder.
    #[cfg(test)]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the server has printed since it was started.
    pub fn log(&self) -> String {
        let log = fs::read(self.folder.join("server.log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    fn stop(&mut self) {
        drop(self.guard.stdin.take());
        // The guard ends by itself when the server has.
        let _ = self.guard.wait();
    }
}

fn guard(command: &Command, folder: &Path, signal: &str) -> Result<Child, NoServer> {
    // What an earlier server has left there would be taken for this one's.
    for left in ["server.log", "server.pid"] {
        match fs::remove_file(folder.join(left)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(NoServer(format!(
                    "{left} cannot be removed from {}: {error}",
                    folder.display()
                )));
            }
            _ => {}
        }
    }
    let mut guard = Command::new("sh");
    guard.args(["-c", GUARD, "guard"]).arg(folder).arg(signal);
    guard.arg(command.get_program()).args(command.get_args());
    guard
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| NoServer(format!("`sh` cannot be started: {error}")))
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.stop();
    }
}
