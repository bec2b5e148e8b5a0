//! Programs side by side in one crate, and what rustc says of each.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// An error that rustc told.
#[derive(Debug, Clone)]
pub struct Told {
    pub message: String,
    /// The line that it points at.
    pub line: String,
}

impl Told {
    /// Whether rustc looks no further than at macros and imports because of it.
    fn ends_early(&self) -> bool {
        [
            "no rules expected",
            "unexpected end of macro",
            "cannot find attribute",
            "unresolved import",
        ]
        .iter()
        .any(|early| self.message.starts_with(early))
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Beside the tests' other files: a crate a test, and what they are built into.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutants")
}

/// The same dependencies, in the same versions, as the tests have.
const MANIFEST: &str = r#"[package]
name = "mutants-TEST"
version = "0.0.0"
edition = "2024"

[workspace]

[lib]
name = "mutants"

[dependencies]
eventsource-core = { path = "CORE", features = ["schemars"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
schemars = { version = "1", default-features = false, features = ["derive", "std"] }
thiserror = "2"

[profile.dev]
debug = false
incremental = false
"#;

/// What rustc says of each program: nothing of one that compiles. Tests that run at once have a crate each; those that are built into one target
/// folder wait for each other.
///
/// An error hides what is told later of other programs in the same crate: of types where a name is not there, of all that where a macro is not
/// understood. So those of which something is told are taken out until the others compile.
pub fn check(test: &str, target: &str, programs: &[&str]) -> Vec<Vec<Told>> {
    let mut answers = vec![Vec::new(); programs.len()];
    let mut rest: Vec<usize> = (0..programs.len()).collect();
    loop {
        let sources: Vec<&str> = rest.iter().map(|at| programs[*at]).collect();
        let told = check_once(test, target, &sources);
        let early = |told: &[Told]| told.iter().any(Told::ends_early);
        // What else is told then is not all that there is to tell.
        let ended_early = told.iter().any(|told| early(told));
        let before = rest.len();
        let mut left = Vec::new();
        for (at, told) in rest.into_iter().zip(told) {
            if told.is_empty() || (ended_early && !early(&told)) {
                left.push(at);
            } else {
                answers[at] = told;
            }
        }
        if left.len() == before {
            return answers;
        }
        rest = left;
    }
}

/// What rustc says of them in one go. An error that points at none of them fails the test: nobody knows then which compile.
fn check_once(test: &str, target: &str, programs: &[&str]) -> Vec<Vec<Told>> {
    let folder = folder().join(test);
    let sources = folder.join("src");
    // What an earlier run left would be compiled, too.
    let _ = fs::remove_dir_all(&sources);
    fs::create_dir_all(&sources).unwrap();
    let core = root().join("eventsource-core").canonicalize().unwrap();
    let manifest = MANIFEST
        .replace("CORE", &core.display().to_string())
        // To cargo, workspaces whose packages have one name are one: it would take what it found in another for this.
        .replace("TEST", test);
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let mut list = String::from("#![allow(warnings)]\n");
    for (at, program) in programs.iter().enumerate() {
        let _ = writeln!(list, "mod program_{at};");
        fs::write(sources.join(format!("program_{at}.rs")), program).unwrap();
    }
    fs::write(sources.join("lib.rs"), list).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline", "--message-format=json"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", self::folder().join(target))
        // No crate of mutants is ever checked again.
        .env("CARGO_INCREMENTAL", "0")
        .output()
        .expect("cargo runs");
    let stdout = String::from_utf8_lossy(&output.stdout);
    let (mut told, astray) = read(&stdout);
    // What stands before the mutants' crate, such as the runtime's own, must compile: nothing is known of them otherwise.
    let reached = stdout
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .all(|line| line["message"]["level"] != "error" || line["target"]["name"] == "mutants");
    assert!(
        reached && (output.status.success() || !told.is_empty()),
        "cargo could not check the mutants: {stdout}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let by_program = (0..programs.len())
        .map(|at| told.remove(&format!("src/program_{at}.rs")))
        .map(Option::unwrap_or_default)
        .collect();
    assert!(
        astray.is_empty() && told.is_empty(),
        "these are told of no program: {astray:?} {told:?}"
    );
    by_program
}

/// The errors by the file that they point at; and those that point at nothing, apart from the compiler's last words.
fn read(output: &str) -> (BTreeMap<String, Vec<Told>>, Vec<String>) {
    let mut told: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    let mut astray = Vec::new();
    for line in output.lines() {
        let Ok(message) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let message = &message["message"];
        if message["level"] != "error" {
            continue;
        }
        let text = message["message"].as_str().unwrap_or_default();
        let primary = |span: &Value| span["is_primary"] == true;
        let spans = message["spans"].as_array().into_iter().flatten();
        if !spans.clone().any(primary) && !text.starts_with("aborting due to") {
            astray.push(text.to_owned());
        }
        for span in spans {
            if !primary(span) {
                continue;
            }
            let file = span["file_name"].as_str().unwrap_or_default();
            let line = span["text"][0]["text"].as_str().unwrap_or_default();
            told.entry(file.to_owned()).or_default().push(Told {
                message: text.to_owned(),
                line: line.trim().to_owned(),
            });
        }
    }
    (told, astray)
}
