//! Generated packages, what cargo does with them, and the processor time that it takes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Instant;

use measure::peer::Answer;

/// A cargo package in the bench's scratch directory.
pub struct Package {
    directory: PathBuf,
    target: PathBuf,
}

impl Package {
    /// Packages with the same `target` have the same `dependencies`, and build them once.
    pub fn new(name: &str, target: &str, source: &str, dependencies: &str, lock: &str) -> Self {
        let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile_time");
        let package = Self {
            directory: scratch.join(name),
            target: scratch.join("target").join(target),
        };
        fs::create_dir_all(package.directory.join("src")).expect("a directory is made");
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n[dependencies]\n{dependencies}"
        );
        fs::write(package.directory.join("Cargo.toml"), manifest).expect("a file is written");
        fs::write(package.source(), source).expect("a file is written");
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join(lock);
        fs::copy(lock, package.directory.join("Cargo.lock")).expect("the lock file is copied");
        package
    }

    fn source(&self) -> PathBuf {
        self.directory.join("src").join("main.rs")
    }

    fn cargo(&self, arguments: &[&str], target: &Path) -> Command {
        let mut command = Command::new(env!("CARGO"));
        command
            .args(arguments)
            .arg("--target-dir")
            .arg(target)
            .env_remove("RUSTFLAGS")
            .current_dir(&self.directory)
            .stderr(Stdio::piped());
        command
    }

    /// Runs cargo on it; the second figure is the seconds that went by.
    fn timed(&self, arguments: &[&str], incremental: bool) -> Answer {
        let (cpu, clock) = (children(), Instant::now());
        let output = self
            .cargo(arguments, &self.target)
            .env("CARGO_INCREMENTAL", if incremental { "1" } else { "0" })
            .output();
        self.done(output);
        Answer {
            value: children() - cpu,
            beside: clock.elapsed().as_secs_f64(),
        }
    }

    fn done(&self, output: std::io::Result<Output>) -> Vec<u8> {
        let output = output.expect("cargo runs");
        assert!(
            output.status.success(),
            "{}: {}",
            self.directory.display(),
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    }

    /// Checks it again after its source was touched.
    pub fn check_again(&self, incremental: bool) -> Answer {
        let source = fs::read(self.source()).expect("the source is there");
        fs::write(self.source(), source).expect("the source is written");
        self.timed(&["check"], incremental)
    }

    /// Builds it and all that it needs.
    pub fn build_clean(&self) -> Answer {
        let _ = fs::remove_dir_all(&self.target);
        self.timed(&["build"], true)
    }

    /// Lines of the source with all macros expanded, as the compiler prints it.
    pub fn expanded_lines(&self) -> usize {
        // What asks the compiler for more than a release gives is built apart from what is measured.
        let target = self.target.with_extension("expanded");
        let output = self
            .cargo(
                &["rustc", "--profile", "check", "--", "-Zunpretty=expanded"],
                &target,
            )
            .env("RUSTC_BOOTSTRAP", "1")
            .output();
        let expanded = self.done(output);
        String::from_utf8_lossy(&expanded).lines().count()
    }
}

/// Processor seconds of all processes that this one has started and waited for.
fn children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux tells");
    // Behind the name in brackets, the 14th and 15th fields: user's and system's time of children, in hundredths (proc(5)).
    let (_, fields) = stat.rsplit_once(')').expect("Linux tells");
    let ticks: f64 = fields
        .split_whitespace()
        .skip(13)
        .take(2)
        .map(|ticks| ticks.parse::<f64>().expect("Linux tells numbers"))
        .sum();
    ticks / 100.0
}
