//! What programs ask of the system, in its order: for tests that an answer leaves after the disk was told to keep what it is about.
//!
//! The calls are written down by `strace`, which Linux alone has.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use crate::{NoServer, programs, pypi};

const WHAT_TO_DO: &str = "install it, for example with `apt-get install strace`";

/// Writing, syncing, and what goes out to others and comes in from them.
const TRACED: &str = "trace=write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,sendto,sendmsg,read,recvfrom,recvmsg";

/// How long the last calls may take to be written down, behind the program's end.
const WRITTEN_WITHIN: Duration = Duration::from_secs(30);

/// A call of the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The thread that called.
    pub thread: u32,
    /// `fdatasync`, `write`, …
    pub name: String,
    /// What its descriptor stands for: a file's path, `TCP:[127.0.0.1:5432->127.0.0.1:40000]`, …
    pub on: String,
    /// Its arguments and its answer, with what it wrote or read.
    pub text: String,
    /// The place among all calls at which it was begun.
    pub begun: usize,
    /// The place at which it had its answer.
    pub ended: usize,
}

impl Call {
    /// Whether it writes to a file or sends to others.
    #[must_use]
    pub fn writes(&self) -> bool {
        self.name.contains("write") || self.name.starts_with("send")
    }

    /// Whether it reads or receives.
    #[must_use]
    pub fn reads(&self) -> bool {
        self.name.contains("read") || self.name.starts_with("recv")
    }

    /// Whether it has the disk keep what was written.
    #[must_use]
    pub fn syncs(&self) -> bool {
        self.name.ends_with("sync") && self.text.trim_end().ends_with("= 0")
    }

    /// Whether the mark is in what it writes or reads. One half of the mark is enough: some logs have pages, with heads between them.
    #[must_use]
    pub fn has(&self, mark: &str) -> bool {
        let (first, second) = mark.split_at(mark.len() / 2);
        self.text.contains(first) || self.text.contains(second)
    }
}

/// The same command, whose calls, and those of all its processes, go to this file. The process that is started is still the program's own, and can be
/// waited for and killed.
///
/// # Errors
/// When there is no `strace`, with what to install.
pub fn traced(command: &Command, file: &Path) -> Result<Command, NoServer> {
    let mut traced = Command::new(program()?);
    // As a grandchild, so that the program keeps the process; whole texts; what descriptors stand for.
    traced.args([
        "-D",
        "-f",
        "-q",
        "-yy",
        "-s",
        "1000000",
        "-e",
        "signal=none",
    ]);
    traced.args(["-e", TRACED, "-o"]).arg(file);
    traced.arg(command.get_program()).args(command.get_args());
    for (key, value) in command.get_envs() {
        match value {
            Some(value) => traced.env(key, value),
            None => traced.env_remove(key),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        traced.current_dir(folder);
    }
    Ok(traced)
}

/// The calls of a program that has ended.
///
/// # Errors
/// When they cannot be read, or the end of the program is not written down in time.
pub fn of(file: &Path) -> Result<Vec<Call>, NoServer> {
    let begun = Instant::now();
    loop {
        let text =
            fs::read(file).map_err(|error| failed(&format!("{}: {error}", file.display())))?;
        let text = String::from_utf8_lossy(&text);
        if has_ended(&text) {
            return Ok(parse(&text));
        }
        if begun.elapsed() > WRITTEN_WITHIN {
            return Err(failed("the program has not ended"));
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Whether the last of the program's threads has ended.
fn has_ended(text: &str) -> bool {
    let mut alive = std::collections::HashSet::new();
    for line in text.lines() {
        let Some((thread, rest)) = line.split_once(' ') else {
            continue;
        };
        if rest.trim_start().starts_with("+++") {
            alive.remove(thread);
        } else {
            alive.insert(thread);
        }
    }
    text.ends_with('\n') && alive.is_empty()
}

fn parse(text: &str) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    // Of each thread, the call that waits for its answer.
    let mut open: std::collections::HashMap<u32, usize> = std::collections::HashMap::new();
    for (place, line) in text.lines().enumerate() {
        let Some((thread, rest)) = line.split_once(' ') else {
            continue;
        };
        let (Ok(thread), rest) = (thread.parse(), rest.trim_start()) else {
            continue;
        };
        if rest.starts_with("<... ") {
            if let Some(call) = open.remove(&thread).and_then(|at| calls.get_mut(at)) {
                call.text
                    .push_str(rest.split_once("resumed>").map_or("", |(_, rest)| rest));
                call.ended = place;
            }
            continue;
        }
        let Some((name, text)) = rest.split_once('(') else {
            continue;
        };
        let (text, whole) = match text.strip_suffix("<unfinished ...>") {
            Some(text) => (text, false),
            None => (text, true),
        };
        if !whole {
            open.insert(thread, calls.len());
        }
        calls.push(Call {
            thread,
            name: name.to_owned(),
            on: on(text),
            text: text.to_owned(),
            begun: place,
            // What has no answer has not ended.
            ended: if whole { place } else { usize::MAX },
        });
    }
    calls
}

/// What the descriptor at the beginning stands for: `3</tmp/bank.db-wal>, …`.
fn on(text: &str) -> String {
    let Some((_, rest)) = text.split_once('<') else {
        return String::new();
    };
    let ends = [">,", ">)", "> "].iter().filter_map(|end| rest.find(end));
    rest.get(..ends.min().unwrap_or(0))
        .unwrap_or_default()
        .to_owned()
}

/// The place at which the disk had said that it keeps the mark: the end of the first sync of a file that was begun once the mark had been written to it.
/// The paths of such files have `file` in them.
///
/// # Errors
/// When the mark was written to no such file, or the file was not synced after that.
pub fn synced(calls: &[Call], mark: &str, file: &str) -> Result<usize, String> {
    let written = calls
        .iter()
        .find(|call| call.writes() && call.on.contains(file) && call.has(mark))
        .ok_or_else(|| format!("{mark} is written to no {file}"))?;
    calls
        .iter()
        .filter(|call| call.syncs() && call.on == written.on && call.begun > written.ended)
        .map(|call| call.ended)
        .min()
        .ok_or_else(|| {
            format!(
                "{} is not synced after {mark} was written to it",
                written.on
            )
        })
}

/// `strace`: the one of the system, else of the system's package, which is unpacked into a temporary folder and not installed.
fn program() -> Result<PathBuf, NoServer> {
    static FOUND: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let found = FOUND.get_or_init(|| programs::find("strace").map_or_else(unpacked, Ok));
    found.clone().map_err(|why| failed(&why))
}

fn unpacked() -> Result<PathBuf, String> {
    let folder = env::temp_dir().join("eventsource-strace");
    let program = folder.join("usr/bin/strace");
    if program.is_file() {
        return Ok(program);
    }
    // Into a folder of its own and then renamed: two processes may do it at once.
    let part = env::temp_dir().join(format!("eventsource-strace.{}", std::process::id()));
    fs::create_dir_all(&part).map_err(|error| format!("{}: {error}", part.display()))?;
    pypi::succeed(
        Command::new("apt-get")
            .args(["download", "strace"])
            .current_dir(&part),
    )?;
    let packages = fs::read_dir(&part).map_err(|error| format!("{}: {error}", part.display()))?;
    let package = packages.flatten().map(|entry| entry.path()).next();
    let package = package.ok_or("`apt-get download strace` brought nothing")?;
    pypi::succeed(Command::new("dpkg-deb").arg("-x").arg(package).arg(&part))?;
    if fs::rename(&part, &folder).is_err() {
        // The other one was first.
        let _ = fs::remove_dir_all(&part);
    }
    Some(program)
        .filter(|program| program.is_file())
        .ok_or_else(|| "the package strace has no such program".to_owned())
}

fn failed(what: &str) -> NoServer {
    NoServer(format!("strace cannot be had, {what}: {WHAT_TO_DO}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_with_what_they_wrote_and_when_they_ended() {
        let calls = parse(concat!(
            "7 pwrite64(3</tmp/a-wal>, \"mark-1234\\0\", 10, 0) = 10\n",
            "7 fdatasync(3</tmp/a-wal> <unfinished ...>\n",
            "8 sendto(9<TCP:[127.0.0.1:1->127.0.0.1:2]>, \"early\", 5, 0, NULL, 0) = 5\n",
            "7 <... fdatasync resumed>)          = 0\n",
            "8 sendto(9<TCP:[127.0.0.1:1->127.0.0.1:2]>, \"late\", 4, 0, NULL, 0) = 4\n",
            "7 +++ exited with 0 +++\n",
        ));
        let [write, sync, early, late] = &calls[..] else {
            panic!("{calls:?}");
        };
        assert!(write.writes() && write.has("mark-1234") && !write.has("other-99"));
        assert!(sync.syncs() && sync.on == "/tmp/a-wal");
        assert_eq!(early.on, "TCP:[127.0.0.1:1->127.0.0.1:2]");
        let synced_at = synced(&calls, "mark-1234", "-wal").unwrap();
        assert!(early.begun < synced_at && synced_at < late.begun);
        assert!(synced(&calls, "other-99", "-wal").is_err());
        assert!(synced(&calls[..1], "mark-1234", "-wal").is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_program_is_traced() {
        let file = env::temp_dir().join(format!("eventsource-calls-{}", std::process::id()));
        let mut sh = Command::new("sh");
        sh.args(["-c", "echo mark-of-the-test"]);
        let mut command = traced(&sh, &file).unwrap();
        assert!(
            command
                .stdout(std::process::Stdio::null())
                .status()
                .unwrap()
                .success()
        );
        let calls = of(&file).unwrap();
        fs::remove_file(&file).unwrap();
        assert!(
            calls
                .iter()
                .any(|call| call.writes() && call.has("mark-of-the-test"))
        );
    }
}
