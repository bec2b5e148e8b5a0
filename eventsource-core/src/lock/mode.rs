//! What the test does with the file, and how it fails.

use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::declaration::Kind;
use super::file::{LockFile, LockedType};
use super::report::Report;

/// The variable that says what the test does.
const VARIABLE: &str = "EVENTSOURCE_LOCK";

/// What is done with the lock file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Mode {
    /// Fails when something released is read differently.
    #[default]
    Read,
    /// Fails, too, when the file lacks something that is new.
    Check,
    /// Adds what is new.
    Update,
    /// Writes all anew.
    Rewrite,
}

impl Mode {
    /// What `EVENTSOURCE_LOCK` says. When it is not set: [`Check`](Self::Check) in continuous integration, which sets `CI`, so that nothing is
    /// released that the file does not know; else [`Read`](Self::Read).
    ///
    /// # Errors
    ///
    /// When it says something else.
    pub fn from_env() -> Result<Self, LockError> {
        let is_ci = std::env::var_os("CI").is_some_and(|it| !it.is_empty() && it != "false");
        Self::of(std::env::var_os(VARIABLE).as_deref(), is_ci)
    }

    fn of(value: Option<&OsStr>, is_ci: bool) -> Result<Self, LockError> {
        let value = value.unwrap_or_default();
        match value.to_str() {
            Some("") if is_ci => Ok(Self::Check),
            Some("" | "read") => Ok(Self::Read),
            Some("check") => Ok(Self::Check),
            Some("update") => Ok(Self::Update),
            Some("rewrite") => Ok(Self::Rewrite),
            _ => Err(LockError::Variable {
                value: value.to_string_lossy().into_owned(),
            }),
        }
    }
}

/// Why a lock does not hold. Its `Debug` is its text, since that is what a failed test prints.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Something that was released is read differently, or not at all.
    #[error("{}: {report}", .path.display())]
    Different {
        /// The lock file.
        path: PathBuf,
        /// All differences.
        report: Report,
    },
    /// The file lacks something that is new.
    #[error("{} is behind the code, which has {}: write it with `EVENTSOURCE_LOCK=update cargo test`", .path.display(), .new.join(", "))]
    Behind {
        /// The lock file.
        path: PathBuf,
        /// What is new, in words.
        new: Vec<String>,
    },
    /// There is no lock file yet.
    #[error("{} is not there: write it with `EVENTSOURCE_LOCK=update cargo test`, and commit it", .path.display())]
    Missing {
        /// The lock file.
        path: PathBuf,
    },
    /// The lock file of a release is not there.
    #[error("{} is not there: take it from the release, as `git show v1.4:schema.lock > {0}` does", .path.display())]
    NotReleased {
        /// The lock file.
        path: PathBuf,
    },
    /// The file is no lock file.
    #[error("{}: {reason}", .path.display())]
    Unreadable {
        /// The lock file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file cannot be read or written.
    #[error("{}: {source}", .path.display())]
    File {
        /// The lock file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The program declares no events.
    #[error(
        "no events are linked into this test: name the crate that declares them, `eventsource_core::lock!(\"schema.lock\", my_crate)`, or `eventsource_core::link!(my_crate)` beside a test of your own"
    )]
    Nothing,
    /// The variable says something else.
    #[error(
        "EVENTSOURCE_LOCK is `{value}`: write `read`, `check`, `update` or `rewrite`, or leave it out"
    )]
    Variable {
        /// What it says.
        value: String,
    },
}

impl fmt::Debug for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

pub(super) fn read(path: &Path) -> Result<Option<LockFile>, LockError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(LockError::File {
                path: path.to_owned(),
                source,
            });
        }
    };
    LockFile::parse(&text)
        .map(Some)
        .map_err(|error| LockError::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        })
}

/// Writes the file, where it has another text.
pub(super) fn write(path: &Path, file: &LockFile) -> Result<(), LockError> {
    let text = file.to_text();
    if fs::read_to_string(path).is_ok_and(|known| known == text) {
        return Ok(());
    }
    fs::write(path, text).map_err(|source| LockError::File {
        path: path.to_owned(),
        source,
    })
}

/// What is in the second and not in the first, in words.
pub(super) fn new_in(locked: &LockFile, next: &LockFile) -> Vec<String> {
    let mut new = Vec::new();
    let stored = Kind::ALL.iter().flat_map(|kind| {
        let next = next.of(*kind).iter();
        next.map(|(name, next)| (name, locked.of(*kind).get(name), next))
    });
    for (name, known, next) in stored {
        for (version, now) in &next.versions {
            match known.and_then(|known| known.versions.get(version)) {
                None => new.push(format!("{name} version {version}")),
                Some(then) if then != now => {
                    new.push(format!("more to {name} version {version}"));
                }
                Some(_) => {}
            }
        }
        let words = |it: &LockedType| (it.aliases.clone(), it.status.clone(), it.rust_name.clone());
        if known.is_some_and(|known| words(known) != words(next)) {
            new.push(format!("other words on {name}"));
        }
    }
    for (name, now) in &next.aggregates {
        match locked.aggregates.get(name) {
            None => new.push(format!("aggregate {name}")),
            Some(then) if then != now => new.push(format!("more to aggregate {name}")),
            Some(_) => {}
        }
    }
    for (name, version) in next.projections.keys() {
        if !locked.projections.contains_key(&(name.clone(), *version)) {
            new.push(format!("projection {name} version {version}"));
        }
    }
    if locked.snapshots != next.snapshots {
        new.push("another state in its snapshots".to_owned());
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn continuous_integration_lets_nothing_through_that_is_not_locked() {
        let mode = |value: Option<&str>, is_ci| Mode::of(value.map(OsStr::new), is_ci).unwrap();
        assert_eq!(mode(None, false), Mode::Read);
        assert_eq!(mode(None, true), Mode::Check);
        assert_eq!(mode(Some(""), true), Mode::Check);
        assert_eq!(mode(Some("read"), true), Mode::Read);
        assert_eq!(mode(Some("update"), true), Mode::Update);
        assert_eq!(mode(Some("check"), false), Mode::Check);
        assert!(Mode::of(Some(OsStr::new("checks")), false).is_err());
    }
}
