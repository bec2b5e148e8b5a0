//! The program that is killed.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::spawn;
use std::time::Duration;

/// `tests/shop/main.rs`, running.
pub struct Program {
    child: Child,
    /// What it has told, line by line.
    lines: Receiver<String>,
}

impl Program {
    pub fn start(database: &Path, writers: u32, lease: Option<Duration>) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_shop"))
            .arg(database)
            .arg(writers.to_string())
            .args(lease.map(|lease| lease.as_millis().to_string()))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let told = BufReader::new(child.stdout.take().unwrap());
        let (tell, lines) = channel();
        spawn(move || {
            for line in told.lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    pub fn wait_until_started(&self) {
        assert_eq!(self.lines.recv().as_deref(), Ok("started"));
    }

    /// Kills it as `kill -9` does; the orders whose payment it has told.
    pub fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        let ended = self.child.wait().unwrap();
        assert_eq!(ended.code(), None, "it ended before it was killed");
        self.lines.iter().filter(|line| line != "started").collect()
    }
}

impl Drop for Program {
    /// Whatever has failed, no program is left behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
