//! What was released, written down, and held against today's code.
//!
//! A stored event is read for ever. This module knows every version of every event that was ever released, and says, before a release,
//! which of them today's code would read differently or not at all, and what to write so that it does not.
//!
//! One line in a test is all that it takes:
//!
//! ```no_run
//! eventsource_core::lock!("schema.lock");
//! ```
//!
//! `EVENTSOURCE_LOCK=update cargo test` writes the file, beside `Cargo.toml`, to be committed and reviewed like code. It holds the shape of
//! each version with all types within it, and **golden payloads**: samples that cover each variant and each optional part, with the value
//! that each is read as. The commands that process managers send are in it as well: what waits in an outbox outlives deploys. Shapes are found by letting the types deserialize themselves; no nested type needs a derive of ours.
//!
//! | `EVENTSOURCE_LOCK` | what the test does |
//! |---|---|
//! | not set | as `check` where `CI` is set, as continuous integration does, else as `read` |
//! | `read` | fails when something released is read differently; what is new or safe passes |
//! | `check` | fails, too, when the file lacks something that is new |
//! | `update` | adds what is new, unless it fails; a released version is never rewritten |
//! | `rewrite` | writes all anew, for a version that was never really released |

mod advice;
mod aggregate;
mod compare;
mod compatible;
mod declaration;
mod difference;
mod file;
mod golden;
mod gone;
mod ids;
mod mode;
mod parse;
mod projection;
mod report;
mod schema;
mod streams;
mod today;
mod unseen;
mod update;
mod value;

use std::io::Write as _;
use std::path::Path;

pub use compatible::{Compatibility, DeployOrder, Unread, compatible, compatible_with};
pub use mode::{LockError, Mode};
pub use report::{Finding, Report, Verdict};
#[doc(hidden)]
pub use schema::{
    CommandSchema, Parts, ReadNothing, ReadParts, RecordAnything, RecordSerde, Recorder, Schema,
    Written,
};

use crate::registry::Registry;
use file::LockFile;

/// Makes a test of the lock file at this path, from the directory of the package's `Cargo.toml`.
///
/// In a test of its own crate, in `tests/`, the crate that declares the events has to be named, or the linker leaves it out: behind the
/// path, `lock!("schema.lock", my_crate)`.
#[macro_export]
macro_rules! lock {
    ($path:literal $(, $crate_name:ident)* $(,)?) => {
        $(use $crate_name as _;)*

        /// What was released is read as it was.
        #[test]
        fn schema_lock() -> ::core::result::Result<(), $crate::lock::LockError> {
            $crate::lock::test(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", $path))
        }
    };
}

/// What the test that [`lock!`](crate::lock!) makes does: the mode is that of `EVENTSOURCE_LOCK`, the registry that of the program.
///
/// # Errors
///
/// As [`run`].
pub fn test(path: impl AsRef<Path>) -> Result<(), LockError> {
    let report = run(path, &Registry::discover(), Mode::from_env()?)?;
    // Written past what a test that passes is allowed to say: it is to be read.
    let mut out = std::io::stderr().lock();
    for unseen in report.unseen() {
        // Where nobody reads it, it is still in the file.
        let _ = writeln!(out, "unseen: {unseen}");
    }
    Ok(())
}

/// Holds what the registry declares against the lock file, and writes the file where the mode says so.
///
/// # Errors
///
/// When something released is read differently, with all differences; when the file is missing, is none, or cannot be written; when the
/// registry is empty.
pub fn run(path: impl AsRef<Path>, registry: &Registry, mode: Mode) -> Result<Report, LockError> {
    let path = path.as_ref();
    if registry.events().is_empty() {
        return Err(LockError::Nothing);
    }
    let today = today::lock_file(registry);
    let sound = |locked: &LockFile| {
        let report = compare::compare(locked, registry, &today);
        if report.harmful().next().is_some() {
            let path = path.to_owned();
            return Err(LockError::Different { path, report });
        }
        Ok(report)
    };
    let locked = mode::read(path)?;
    if mode == Mode::Rewrite {
        let report = sound(&today)?;
        mode::write(path, &today)?;
        return Ok(report);
    }
    let locked = match (locked, mode) {
        (Some(locked), _) => locked,
        (None, Mode::Update) => LockFile::default(),
        (None, _) => {
            return Err(LockError::Missing {
                path: path.to_owned(),
            });
        }
    };
    let report = sound(&locked)?;
    let next = update::add(&locked, registry, &today);
    if mode == Mode::Update {
        // What is new is held to the same: it must be read as the same value each time.
        if next != locked {
            sound(&next)?;
        }
        mode::write(path, &next)?;
    }
    if mode == Mode::Check && next != locked {
        return Err(LockError::Behind {
            path: path.to_owned(),
            new: mode::new_in(&locked, &next),
        });
    }
    Ok(report)
}
