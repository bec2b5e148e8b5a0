//! What cargo knows about this workspace: its packages, its examples, its folders.

use std::path::PathBuf;

use serde_json::Value;

use crate::failure::Failure;
use crate::run::{cargo, output, typed};

/// This workspace, as cargo sees it.
pub struct Workspace {
    pub root: PathBuf,
    pub target: PathBuf,
    pub packages: Vec<Package>,
}

/// One member of the workspace.
pub struct Package {
    pub name: String,
    /// Whether it goes to crates.io.
    pub published: bool,
    pub examples: Vec<Example>,
}

/// One example target.
pub struct Example {
    pub name: String,
    pub source: PathBuf,
}

impl Workspace {
    /// Asks cargo.
    ///
    /// # Errors
    /// When cargo cannot be run, or answers in an unknown form.
    pub fn read() -> Result<Self, Failure> {
        let mut command = cargo();
        command.args(["metadata", "--format-version=1", "--no-deps"]);
        let asked = typed(&command);
        let lacks = |what: &str| Failure::Answer {
            command: asked.clone(),
            lacks: what.into(),
        };
        let answer: Value =
            serde_json::from_str(&output(&mut command)?).map_err(|_| lacks("JSON"))?;
        let mut packages = Vec::new();
        for package in list(&answer, "packages").ok_or_else(|| lacks("packages"))? {
            packages.push(read_package(package).ok_or_else(|| lacks("a package's name or path"))?);
        }
        Ok(Self {
            root: path(&answer, "workspace_root").ok_or_else(|| lacks("workspace_root"))?,
            target: path(&answer, "target_directory").ok_or_else(|| lacks("target_directory"))?,
            packages,
        })
    }

    /// The packages that go to crates.io.
    pub fn published(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.published)
    }
}

fn read_package(package: &Value) -> Option<Package> {
    let examples = list(package, "targets")?
        .iter()
        .filter(|target| {
            list(target, "kind").is_some_and(|kinds| kinds.iter().any(|kind| kind == "example"))
        })
        .map(|target| {
            Some(Example {
                name: text(target, "name")?,
                source: path(target, "src_path")?,
            })
        })
        .collect::<Option<Vec<_>>>()?;
    Some(Package {
        name: text(package, "name")?,
        // `publish` is null where any registry will do, and an empty list under `publish = false`.
        published: list(package, "publish").is_none_or(|registries| !registries.is_empty()),
        examples,
    })
}

fn list<'a>(value: &'a Value, key: &str) -> Option<&'a Vec<Value>> {
    value.get(key)?.as_array()
}

fn text(value: &Value, key: &str) -> Option<String> {
    Some(value.get(key)?.as_str()?.to_owned())
}

fn path(value: &Value, key: &str) -> Option<PathBuf> {
    text(value, key).map(PathBuf::from)
}
