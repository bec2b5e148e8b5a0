//! A rolling deploy: whether the old program, still running, reads what the new one writes.

use std::fmt;
use std::path::Path;

use super::declaration::{Declaration, Kind};
use super::difference::{Change, Difference, differences};
use super::file::{LockFile, LockedType};
use super::{LockError, Report, compare, mode, today};
use crate::event::EventStatus;
use crate::registry::{Declared, Registry};

/// In which order programs are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeployOrder {
    /// Old and new ones may run side by side in any order.
    Any,
    /// First those that only read (projections, process managers), then those that execute commands.
    ReadersFirst,
    /// The new program does not read what the old one has written: it must not be deployed.
    Never,
}

/// Something that the new program writes and the old one cannot read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unread {
    /// The stored name.
    pub name: String,
    /// The version that the new program writes.
    pub version: u16,
    /// Where it is declared.
    pub declared: Declared,
    /// Why the old program does not read it.
    pub why: String,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            version,
            declared,
            why,
        } = self;
        write!(f, "{name} version {version}, {declared}: {why}")
    }
}

/// How two releases go together, the old one known by its lock file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Compatibility {
    /// What the old program cannot read of what the new one writes.
    pub unread: Vec<Unread>,
    /// What the new program reads differently of what the old one wrote.
    pub report: Report,
}

impl Compatibility {
    /// In which order the programs are replaced.
    #[must_use]
    pub fn order(&self) -> DeployOrder {
        if self.report.harmful().next().is_some() {
            DeployOrder::Never
        } else if self.unread.is_empty() {
            DeployOrder::Any
        } else {
            DeployOrder::ReadersFirst
        }
    }
}

impl fmt::Display for Compatibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.order() {
            DeployOrder::Never => {
                return write!(
                    f,
                    "the new program does not read what the old one wrote: {}",
                    self.report
                );
            }
            DeployOrder::Any => {
                return f.write_str(
                    "the old program reads all that the new one writes: deploy in any order",
                );
            }
            DeployOrder::ReadersFirst => {}
        }
        f.write_str("the old program does not read all that the new one writes:")?;
        for unread in &self.unread {
            write!(f, "\n  {unread}")?;
        }
        f.write_str(
            "\nreplace first what only reads (projections, process managers), then what executes commands; an old program that still executes \
             commands cannot load a stream that holds one of these",
        )
    }
}

/// Whether the released program of this lock file, still running, reads what this program writes, and the other way round.
///
/// ```no_run
/// let compatibility = eventsource_core::lock::compatible_with("schema.lock@v1.4")?;
/// assert!(compatibility.unread.is_empty(), "{compatibility}");
/// # Ok::<(), eventsource_core::lock::LockError>(())
/// ```
///
/// # Errors
///
/// When the file cannot be read, or no events are linked into the program.
pub fn compatible_with(path: impl AsRef<Path>) -> Result<Compatibility, LockError> {
    compatible(path, &Registry::discover())
}

/// The same for what a registry declares.
///
/// # Errors
///
/// When the file cannot be read, or the registry is empty.
pub fn compatible(path: impl AsRef<Path>, registry: &Registry) -> Result<Compatibility, LockError> {
    let path = path.as_ref();
    if registry.events().is_empty() {
        return Err(LockError::Nothing);
    }
    let old = mode::read(path)?.ok_or_else(|| LockError::Missing {
        path: path.to_owned(),
    })?;
    let new = today::lock_file(registry);
    let declared = Kind::ALL
        .iter()
        .flat_map(|kind| Declaration::all(registry, *kind));
    let unread = declared
        .filter(|declared| matches!(declared.status(), EventStatus::Current))
        .flat_map(|declared| unread(&declared, &old, &new))
        .collect();
    Ok(Compatibility {
        unread,
        report: compare::compare(&old, registry, &new),
    })
}

/// The old program's own event or command of this name.
fn known<'a>(old: &'a LockFile, kind: Kind, name: &str) -> Option<&'a LockedType> {
    old.of(kind).get(name).or_else(|| {
        old.of(kind)
            .values()
            .find(|locked| locked.aliases.contains(name))
    })
}

fn unread(written: &Declaration, old: &LockFile, new: &LockFile) -> Vec<Unread> {
    let because = |why: String| Unread {
        name: written.name().to_owned(),
        version: written.version(),
        declared: written.declared(),
        why: match written.kind() {
            Kind::Event => why,
            Kind::Command => format!(
                "{why}; raise the `version` of the process manager that sends it, so that old programs leave it to new ones"
            ),
        },
    };
    let Some(locked) = known(old, written.kind(), written.name()) else {
        let word = written.kind().word();
        return vec![because(format!("it knows no {word} of this name"))];
    };
    let version = locked.versions.keys().next_back().copied().unwrap_or(0);
    if version < written.version() {
        return vec![because(format!("it is at version {version}"))];
    }
    let shapes = locked
        .versions
        .get(&written.version())
        .and_then(|it| it.shape.as_ref())
        .zip(new.shape(written.kind(), written.name(), written.version()));
    let Some((reader, writer)) = shapes else {
        return Vec::new();
    };
    differences(writer, reader)
        .iter()
        // What it does not know, it passes over.
        .filter(|difference| !difference.change.is_safe())
        .filter(|difference| !matches!(difference.change, Change::Removed(_)))
        .map(|difference| because(why(difference)))
        .collect()
}

fn why(difference: &Difference) -> String {
    let words = |format: &crate::shape::Format| format.to_lines().0;
    let at = if difference.path.is_empty() {
        String::new()
    } else {
        format!("in `{}`, ", difference.path.join("."))
    };
    let what = match &difference.change {
        Change::Added(field) | Change::Renamed(_, field) => {
            format!("it needs a field `{}`", field.name)
        }
        Change::RemovedVariant(variant) | Change::RenamedVariant(variant, _) => {
            format!("it knows no variant `{variant}`")
        }
        Change::Retyped(now, then) => format!("it reads {}, not {}", words(then), words(now)),
        Change::Required(_) => "it needs what may now be absent or null".to_owned(),
        _ => "it reads another form".to_owned(),
    };
    format!("{at}{what}")
}
