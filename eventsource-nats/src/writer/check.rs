//! What no store takes.

use eventsource_core::store::{Commit, StoreError, StoreErrorKind, StreamCommit};

use crate::error::Place;

/// Refuses a commit that breaks a rule of every store.
pub(super) fn check(place: &Place, commit: &Commit) -> Result<(), StoreError> {
    let invalid = |what: String| Err(place.error(StoreErrorKind::Invalid, what));
    if commit.streams.is_empty() {
        return invalid(format!(
            "commit {} has no events: append at least one",
            commit.id
        ));
    }
    for (index, part) in commit.streams.iter().enumerate() {
        if part.events.is_empty() {
            return invalid(format!(
                "commit {} names stream {} and has no events for it: append at least one, or leave the stream out",
                commit.id, part.stream
            ));
        }
        let before = commit.streams.iter().take(index);
        if before.into_iter().any(|other| other.stream == part.stream) {
            return invalid(format!(
                "commit {} names stream {} twice: put its events together",
                commit.id, part.stream
            ));
        }
    }
    if let Some(snapshot) = &commit.snapshot
        && !commit
            .streams
            .iter()
            .any(|part| part.stream == snapshot.stream && after(part) == snapshot.version)
    {
        return invalid(format!(
            "commit {} has a snapshot of stream {} at version {}, which is not the state after the commit",
            commit.id, snapshot.stream, snapshot.version
        ));
    }
    Ok(())
}

/// The stream's version after the commit.
fn after(part: &StreamCommit) -> u64 {
    part.expected_version
        .saturating_add(part.events.len() as u64)
}
