//! The published crates that do the same job, each a program of its own in `peers/`: their database drivers cannot be linked together.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use measure::peer::{Answer, Question};

/// A peer's program, built.
#[derive(Debug, Clone)]
pub struct Peer {
    name: &'static str,
}

/// What takes part in which bench.
pub const REPLAY: &[&str] = &["cqrs-es", "evento", "sourcery"];
/// Those with an SQLite store.
pub const SQLITE: &[&str] = &["cqrs-es", "evento", "distributed"];
/// Those with a PostgreSQL store.
pub const POSTGRES: &[&str] = &["cqrs-es", "evento", "sourcery", "disintegrate"];
/// Those that make a read model from a whole log in SQLite by means of their own.
pub const READ_MODELS: &[&str] = &["cqrs-es"];

/// Whether this bench's arguments ask for the published crates.
#[must_use]
pub fn asked_for() -> bool {
    let asked_for = std::env::args().any(|argument| argument == "--peers");
    if !asked_for {
        println!(
            "(without the published crates: add `-- --peers` to build them, which takes minutes, and to measure them too)"
        );
    }
    asked_for
}

impl Peer {
    /// Builds those of the peers that this bench's arguments ask for: all with `--peers`, else none. One that does not build is left out,
    /// and the reason stands above the tables.
    #[must_use]
    pub fn asked_for(names: &[&'static str]) -> Vec<Self> {
        if !asked_for() {
            return Vec::new();
        }
        names
            .iter()
            .map(|name| Self { name })
            .filter(|peer| {
                let built = peer.cargo("build").status();
                let ready = built.is_ok_and(|status| status.success());
                if !ready {
                    println!("({} does not build here and is left out)", peer.name);
                }
                ready
            })
            .collect()
    }

    /// The crate's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Runs it once; `None` when it failed, after it has said why.
    #[must_use]
    pub fn ask(&self, question: &Question) -> Option<Answer> {
        let output = self
            .cargo("run")
            .arg("--")
            .args(question.arguments())
            .stderr(Stdio::inherit())
            .output()
            .ok()?;
        Answer::parse(str::from_utf8(&output.stdout).ok()?)
    }

    fn cargo(&self, job: &str) -> Command {
        let manifest: PathBuf = [env!("CARGO_MANIFEST_DIR"), "peers", self.name, "Cargo.toml"]
            .iter()
            .collect();
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command
            .args([job, "--release", "--quiet", "--manifest-path"])
            .arg(manifest);
        command
    }
}
