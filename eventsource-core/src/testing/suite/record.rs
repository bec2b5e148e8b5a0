//! What became of each case, for a table of a whole run.

use std::cell::Cell;
use std::path::PathBuf;

use super::{Reopening, StoreFactory};

/// The variable that names a folder: each case that has passed leaves a file there.
const VARIABLE: &str = "EVENTSOURCE_SUITE_RECORDS";

/// How much of a case was held against the store.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Checked {
    /// The store does not claim what the case is about.
    Nothing,
    /// It claims part of it.
    Part,
    All,
}

thread_local! {
    /// Of the case that runs on this thread: [`run`](super::run) drives it where it was called.
    static CHECKED: Cell<Checked> = const { Cell::new(Checked::All) };
}

/// A case begins on this thread.
pub(super) fn begin() {
    CHECKED.set(Checked::All);
}

/// Says that the store does not claim what the case is about.
pub(super) fn unclaimed() {
    CHECKED.set(Checked::Nothing);
}

/// Says that the store does not claim a part of what the case is about.
pub(super) fn claimed_in_part() {
    CHECKED.set(CHECKED.get().min(Checked::Part));
}

/// Whether a second opening has the log; where it has not, a part of the case is passed over.
pub(super) fn reopens<F: StoreFactory>(factory: &F) -> bool {
    let reopens = factory.capabilities().reopening == Reopening::KeepsLog;
    if !reopens {
        claimed_in_part();
    }
    reopens
}

/// The case on this thread has passed: writes down how much of it was checked.
pub(super) fn passed(package: &str, case: &str) {
    let outcome = match CHECKED.get() {
        Checked::All => "checked",
        Checked::Part => "in part",
        Checked::Nothing => "not claimed",
    };
    record(package, case, outcome);
}

/// Writes down an outcome, in a file of its own in the folder that `EVENTSOURCE_SUITE_RECORDS` names; without the variable, nothing.
///
/// # Panics
///
/// When the file cannot be written.
#[doc(hidden)]
pub fn record(package: &str, case: &str, outcome: &str) {
    let Some(folder) = std::env::var_os(VARIABLE).map(PathBuf::from) else {
        return;
    };
    // What stands between two colons is no file's name on every system.
    let file = folder.join(format!("{package} {}", case.replace("::", ".")));
    let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, outcome));
    written.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
}
