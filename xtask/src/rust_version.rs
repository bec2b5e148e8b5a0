//! The release of Rust that the published crates promise to build with.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::failure::Failure;
use crate::run::{cargo, output, typed};

/// Holds every published crate, with its default features, against what the crates that it needs ask for.
///
/// # Errors
/// When one of them asks for a newer release than the crate promises to build with.
pub fn check() -> Result<(), Failure> {
    let mut command = cargo();
    command.args(["metadata", "--format-version=1", "--locked"]);
    println!("   {}", typed(&command));
    let asked = typed(&command);
    let lacks = |what: &str| Failure::Answer {
        command: asked.clone(),
        lacks: what.into(),
    };
    let answer: Value = serde_json::from_str(&output(&mut command)?).map_err(|_| lacks("JSON"))?;
    let packages = packages(&answer).ok_or_else(|| lacks("packages"))?;
    let needs = needs(&answer).ok_or_else(|| lacks("resolve"))?;
    let published: Vec<&Package<'_>> = packages.values().filter(|one| one.is_published).collect();
    if published.is_empty() {
        return Err(lacks("a published package"));
    }
    let mut broken = Vec::new();
    for package in published {
        let promised = package
            .rust
            .ok_or_else(|| lacks(&format!("the rust-version of {}", package.name)))?;
        println!("   {}: Rust {}.{}", package.name, promised.0, promised.1);
        for id in reached(package.id, &needs) {
            if let Some(other) = packages.get(id)
                && let Some(asked) = other.rust
                && asked > promised
            {
                broken.push(format!(
                    "{} promises Rust {}.{} and needs {}, which asks for {}.{}",
                    package.name, promised.0, promised.1, other.name, asked.0, asked.1
                ));
            }
        }
    }
    if broken.is_empty() {
        return Ok(());
    }
    Err(Failure::Rule(format!(
        "raise `rust-version` in Cargo.toml, and what README.md and CONTRIBUTING.md say of it: {}",
        broken.join("; ")
    )))
}

struct Package<'a> {
    id: &'a str,
    name: &'a str,
    /// What it asks for; `None` where it does not say.
    rust: Option<(u32, u32)>,
    is_published: bool,
}

fn packages(answer: &Value) -> Option<BTreeMap<&str, Package<'_>>> {
    let members: BTreeSet<&str> = answer
        .get("workspace_members")?
        .as_array()?
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let packages = answer.get("packages")?.as_array()?.iter();
    packages
        .map(|package| {
            let id = package.get("id")?.as_str()?;
            // `publish = false` is an empty list of registries.
            let refused = package
                .get("publish")?
                .as_array()
                .is_some_and(Vec::is_empty);
            let package = Package {
                id,
                name: package.get("name")?.as_str()?,
                rust: package.get("rust_version")?.as_str().and_then(release),
                is_published: members.contains(id) && !refused,
            };
            Some((id, package))
        })
        .collect()
}

/// `1.89` and `1.89.0` as numbers.
fn release(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// What each package needs, to build and to run.
fn needs(answer: &Value) -> Option<BTreeMap<&str, Vec<&str>>> {
    let nodes = answer.get("resolve")?.get("nodes")?.as_array()?.iter();
    nodes
        .map(|node| {
            let needed = node.get("deps")?.as_array()?.iter();
            let needed = needed
                .filter(|dependency| !is_for_tests_alone(dependency))
                .filter_map(|dependency| dependency.get("pkg")?.as_str())
                .collect();
            Some((node.get("id")?.as_str()?, needed))
        })
        .collect()
}

fn is_for_tests_alone(dependency: &Value) -> bool {
    let kinds = dependency.get("dep_kinds").and_then(Value::as_array);
    kinds.is_some_and(|kinds| {
        kinds
            .iter()
            .all(|kind| kind.get("kind").and_then(Value::as_str) == Some("dev"))
    })
}

fn reached<'a>(from: &'a str, needs: &BTreeMap<&'a str, Vec<&'a str>>) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut rest = vec![from];
    while let Some(id) = rest.pop() {
        if seen.insert(id) {
            rest.extend(needs.get(id).into_iter().flatten().copied());
        }
    }
    seen
}
