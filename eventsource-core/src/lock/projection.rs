//! What a read model's table is made of.

use std::collections::BTreeSet;

use super::declaration::{Declaration, Kind};
use super::file::LockFile;
use crate::registry::{ProjectionDescriptor, Registry};

/// Its columns, keys and events, a line each.
pub(super) fn lines(projection: &ProjectionDescriptor) -> BTreeSet<String> {
    let table = crate::runner::view_table(projection);
    table.description.lines().map(str::to_owned).collect()
}

/// Lines that were locked, each as it reads today: an event that has another name now stands under that.
pub(super) fn in_words_of_today(
    projection: &ProjectionDescriptor,
    locked: &BTreeSet<String>,
) -> BTreeSet<String> {
    let former = crate::runner::view_table(projection).former;
    let today = |line: &String| {
        let now = former.iter().find(|(then, _)| then == line);
        now.map_or_else(|| line.clone(), |(_, now)| now.clone())
    };
    locked.iter().map(today).collect()
}

/// Whether one of these lines is about a released event that nothing declares.
pub(super) fn names_what_is_gone(
    lines: &BTreeSet<String>,
    locked: &LockFile,
    registry: &Registry,
) -> bool {
    let mut gone = locked
        .events
        .keys()
        .filter(|name| Declaration::find(registry, Kind::Event, name).is_none());
    gone.any(|name| {
        let is_about = |line: &String| {
            let event = line.strip_prefix("event ");
            event.is_some_and(|event| event.split(' ').next() == Some(name))
        };
        lines.iter().any(is_about)
    })
}
