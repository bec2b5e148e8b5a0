//! A rolling deploy: whether the old program, still running, reads what the new one writes.

use std::fmt;
use std::path::Path;

use super::declaration::{Declaration, Kind};
use super::difference::{Change, Difference, differences, has, is_opaque};
use super::file::{LockFile, LockedType};
use super::{LockError, Report, compare, mode, streams, today};
use crate::event::EventStatus;
use crate::registry::{Declared, Registry};
use crate::shape::Format;

/// In which order programs are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeployOrder {
    /// Old and new ones may run side by side in any order.
    Any,
    /// First those that only read (projections, process managers), then those that execute commands.
    ReadersFirst,
    /// Old process managers end before the first new one starts: an old one cannot carry out what a new one sends, whichever is replaced
    /// first. Or the process manager's `version` is raised: an old program leaves to a newer version what that one sent.
    ProcessManagersApart,
    /// No difference is seen, and not all of what is written can be seen: a type in it is read from examples alone, or from nothing. First those
    /// that only read is the careful way.
    Unknown,
    /// The new program does not read what the old one has written: it must not be deployed.
    Never,
}

/// Something that the new program writes and the old one cannot read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unread {
    /// The stored name; `aggregate` and its name, where its ids are not read.
    pub name: String,
    /// The version that the new program writes; 0 of an aggregate, which has none.
    pub version: u16,
    /// Where it is declared.
    pub declared: Declared,
    /// Why the old program does not read it, or why nobody can say.
    pub why: String,
    kind: Kind,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            version,
            declared,
            why,
            kind: _,
        } = self;
        f.write_str(name)?;
        if *version > 0 {
            write!(f, " version {version}")?;
        }
        write!(f, ", {declared}: {why}")
    }
}

/// How two releases go together, the old one known by its lock file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Compatibility {
    /// What the old program cannot read of what the new one writes.
    pub unread: Vec<Unread>,
    /// What the new program writes in a form that is not seen, so that nobody can say whether the old one reads it.
    pub unknown: Vec<Unread>,
    /// What the new program reads differently of what the old one wrote.
    pub report: Report,
}

impl Compatibility {
    /// In which order the programs are replaced.
    #[must_use]
    pub fn order(&self) -> DeployOrder {
        if self.report.harmful().next().is_some() {
            DeployOrder::Never
        } else if self.unread.iter().any(|it| it.kind == Kind::Command) {
            DeployOrder::ProcessManagersApart
        } else if !self.unread.is_empty() {
            DeployOrder::ReadersFirst
        } else if !self.unknown.is_empty() {
            DeployOrder::Unknown
        } else {
            DeployOrder::Any
        }
    }
}

impl fmt::Display for Compatibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.order() {
            DeployOrder::Never => {
                write!(
                    f,
                    "the new program does not read what the old one wrote: {}",
                    self.report
                )?;
                if !self.unread.is_empty() {
                    f.write_str(
                        "\n\nneither does the old program read all that the new one writes:",
                    )?;
                    for unread in &self.unread {
                        write!(f, "\n  {unread}")?;
                    }
                }
                return Ok(());
            }
            DeployOrder::Any => {
                return f.write_str(
                    "the old program reads all that the new one writes: deploy in any order",
                );
            }
            DeployOrder::ReadersFirst | DeployOrder::ProcessManagersApart => f.write_str(
                "the old program does not read all that the new one writes:",
            )?,
            DeployOrder::Unknown => f.write_str(
                "the old program reads all that is seen of what the new one writes, and not all is seen:",
            )?,
        }
        for unread in self.unread.iter().chain(&self.unknown) {
            write!(f, "\n  {unread}")?;
        }
        let is_unread = |kind| self.unread.iter().any(|it| it.kind == kind);
        if is_unread(Kind::Command) {
            f.write_str(
                "\nend the old process managers before the first new one starts, or raise the `version` of those that send such a command: an old \
                 one that is still running cannot carry it out",
            )?;
        }
        if is_unread(Kind::Event) || self.unread.is_empty() {
            f.write_str(
                "\nreplace first what only reads (projections, process managers), then what executes commands; an old program that still executes \
                 commands cannot load a stream that holds one of these",
            )?;
        }
        Ok(())
    }
}

/// Whether the released program of this lock file, still running, reads what this program writes, and the other way round. The file is that of
/// the release: `git show v1.4:schema.lock > schema.lock@v1.4`. The crates that declare the events have to be linked into the test:
/// `eventsource_core::link!(my_crate);` in its file does that.
///
/// ```no_run
/// use eventsource_core::lock::{self, DeployOrder};
///
/// let compatibility = lock::compatible_with("schema.lock@v1.4")?;
/// assert_eq!(compatibility.order(), DeployOrder::Any, "{compatibility}");
/// # Ok::<(), lock::LockError>(())
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
    let old = mode::read(path)?.ok_or_else(|| LockError::NotReleased {
        path: path.to_owned(),
    })?;
    let new = today::lock_file(registry);
    let mut found = Compatibility {
        unread: Vec::new(),
        unknown: Vec::new(),
        report: compare::compare(&old, registry, &new),
    };
    for kind in Kind::ALL {
        for declared in Declaration::all(registry, kind) {
            let is_written = matches!(declared.status(), EventStatus::Current);
            if is_written
                && (kind == Kind::Event || meets_an_old_program(&declared, registry, &old))
            {
                unread(&mut found, &declared, &old, &new);
            }
        }
    }
    for (aggregate, event) in streams::beyond(&old, registry) {
        found.unread.push(Unread {
            name: event.name.to_owned(),
            version: event.version,
            declared: aggregate.into(),
            why: format!(
                "the old program does not list it in the aggregate {}, and does not load a stream that holds it",
                aggregate.name
            ),
            kind: Kind::Event,
        });
    }
    for (aggregate, id) in streams::ids_beyond(&old, registry) {
        found.unread.push(Unread {
            name: format!("aggregate {}", aggregate.name),
            version: 0,
            declared: aggregate.into(),
            why: format!(
                "its streams may have the id {id:?} by now, which the old program is not known to read"
            ),
            kind: Kind::Event,
        });
    }
    Ok(found)
}

/// Whether a process manager that sends the command runs in the old program in the same version: what a newer version sent, an
/// older one leaves to it.
fn meets_an_old_program(command: &Declaration, registry: &Registry, old: &LockFile) -> bool {
    registry.projections().iter().any(|projection| {
        let sends = projection.process.is_some_and(|process| {
            let mut commands = process.commands.iter();
            commands.any(|it| it.command.name == Some(command.name()))
        });
        let key = (projection.name.to_owned(), projection.version);
        sends && old.projections.contains_key(&key)
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

fn unread(found: &mut Compatibility, written: &Declaration, old: &LockFile, new: &LockFile) {
    let because = |why: String| Unread {
        name: written.name().to_owned(),
        version: written.version(),
        declared: written.declared(),
        why,
        kind: written.kind(),
    };
    let Some(locked) = known(old, written.kind(), written.name()) else {
        let word = written.kind().word();
        let why = format!("it knows no {word} of this name");
        return found.unread.push(because(why));
    };
    let version = locked.versions.keys().next_back().copied().unwrap_or(0);
    if version < written.version() {
        let why = format!("it is at version {version}");
        return found.unread.push(because(why));
    }
    let reader = locked.versions.get(&written.version());
    let reader = reader.and_then(|it| it.shape.as_ref());
    let writer = new.shape(written.kind(), written.name(), written.version());
    let (Some(reader), Some(writer)) = (reader, writer) else {
        return found
            .unknown
            .push(because("no type says what it is".to_owned()));
    };
    let differences = differences(writer, reader);
    let unread: Vec<Unread> = differences
        .iter()
        // What it does not know, it passes over, unless it says otherwise.
        .filter(|difference| !difference.change.is_safe())
        .filter(|difference| !matches!(difference.change, Change::Removed(_)))
        .map(|difference| because(why(difference)))
        .collect();
    if unread.is_empty() && (is_hidden(writer) || is_hidden(reader)) {
        let why = "a type in it is read from examples alone, or was not seen wholly".to_owned();
        found.unknown.push(because(why));
    }
    found.unread.extend(unread);
}

/// Whether a part of it was not seen by its own form.
fn is_hidden(format: &Format) -> bool {
    is_opaque(format) || has(format, &|it| matches!(it, Format::Opaque(_)))
}

fn why(difference: &Difference) -> String {
    let words = |format: &Format| format.to_lines().0;
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
        Change::Refused(field) => {
            format!(
                "it refuses the field `{}`, which it does not know",
                field.name
            )
        }
        Change::Required(_) => "it needs what may now be absent or null".to_owned(),
        _ => "it reads another form".to_owned(),
    };
    format!("{at}{what}")
}
