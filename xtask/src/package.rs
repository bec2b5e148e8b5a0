//! `cargo package`, of today's sources and no others.
//!
//! While cargo builds a packed member that needs another packed member, it takes that one from a registry of its own below the
//! target folder, and takes a registry's crates for unchangeable: what it once unpacked or built for a name and a version, it
//! takes again, in later runs too, even in another clone at the same path. Here the version stays and the sources change.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::run::{cargo, run};
use crate::workspace::Workspace;

/// Packs each member that is published, unpacks it elsewhere and builds it there. The others are packed and built by nobody but us, and
/// would take as long again.
///
/// # Errors
/// When a member cannot be packed, or what was packed cannot be built.
pub fn all(workspace: &Workspace) -> Result<(), Failure> {
    remove_all(&unpacked(workspace)?)?;
    let before = built(workspace)?;
    let mut packing = cargo();
    packing.args(["package", "--workspace", "--allow-dirty", "--target-dir"]);
    packing.arg(&workspace.target);
    for member in workspace.members.iter().filter(|member| !member.published) {
        packing.args(["--exclude", &member.name]);
    }
    let outcome = run(&mut packing);
    let own: Vec<PathBuf> = built(workspace)?.difference(&before).cloned().collect();
    remove_all(&own)?;
    outcome
}

/// The members' copies that earlier runs unpacked. Cargo unpacks again what is missing, so that none is lost.
fn unpacked(workspace: &Workspace) -> Result<Vec<PathBuf>, Failure> {
    let Some(home) = cargo_home() else {
        return Ok(Vec::new());
    };
    let mut copies = Vec::new();
    for registry in entries(&home.join("registry/src"))? {
        for member in &workspace.members {
            let copy = registry.join(format!("{}-{}", member.name, member.version));
            if copy.is_dir() {
                copies.push(copy);
            }
        }
    }
    Ok(copies)
}

/// Where cargo keeps what it downloads; see "Cargo Home" in the Cargo book.
fn cargo_home() -> Option<PathBuf> {
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cargo")))
}

/// What cargo has on record as built of the members.
fn built(workspace: &Workspace) -> Result<BTreeSet<PathBuf>, Failure> {
    let mut records = BTreeSet::new();
    for record in entries(&workspace.target.join("debug/.fingerprint"))? {
        let of_member = record
            .file_name()
            .and_then(|name| name.to_str()?.rsplit_once('-'))
            .is_some_and(|(name, _)| workspace.members.iter().any(|member| member.name == name));
        if of_member {
            records.insert(record);
        }
    }
    Ok(records)
}

/// What the folder holds; nothing where there is no such folder.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failed = |source| Failure::File {
        path: folder.into(),
        source,
    };
    match fs::read_dir(folder) {
        Ok(found) => found
            .map(|entry| entry.map(|entry| entry.path()).map_err(failed))
            .collect(),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(failed(error)),
    }
}

fn remove_all(folders: &[PathBuf]) -> Result<(), Failure> {
    for folder in folders {
        fs::remove_dir_all(folder).map_err(|source| Failure::File {
            path: folder.clone(),
            source,
        })?;
    }
    Ok(())
}
