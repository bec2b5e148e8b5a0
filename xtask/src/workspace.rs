//! What cargo knows about this workspace: its members, its examples and its folders.

use std::path::PathBuf;

use serde_json::Value;

use crate::failure::Failure;
use crate::run::{cargo, output, typed};

/// This workspace, as cargo sees it.
pub struct Workspace {
    pub root: PathBuf,
    pub target: PathBuf,
    pub members: Vec<Member>,
    /// The example targets of all members.
    pub examples: Vec<Example>,
}

/// One package of the workspace.
pub struct Member {
    pub name: String,
    pub version: String,
    /// Whether it may go to a registry.
    pub published: bool,
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
        let mut members = Vec::new();
        let mut examples = Vec::new();
        for package in list(&answer, "packages").ok_or_else(|| lacks("packages"))? {
            members.push(member(package).ok_or_else(|| lacks("a package's name or version"))?);
            examples.extend(examples_of(package).ok_or_else(|| lacks("a package's targets"))?);
        }
        Ok(Self {
            root: path(&answer, "workspace_root").ok_or_else(|| lacks("workspace_root"))?,
            target: path(&answer, "target_directory").ok_or_else(|| lacks("target_directory"))?,
            members,
            examples,
        })
    }
}

fn member(package: &Value) -> Option<Member> {
    Some(Member {
        name: text(package, "name")?,
        version: text(package, "version")?,
        // The registries that it may go to: none in the list is none at all, no list is any.
        published: list(package, "publish").is_none_or(|registries| !registries.is_empty()),
    })
}

fn examples_of(package: &Value) -> Option<Vec<Example>> {
    list(package, "targets")?
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
        .collect()
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
