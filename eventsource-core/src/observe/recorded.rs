//! What is measured where it happens.

use std::time::Duration;

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, histogram};

use super::{
    AGGREGATE, APPEND_DURATION, APPEND_EVENTS, COMMAND_RETRIES, ERROR_TYPE, PROCESS,
    PROCESS_PARKED, PROCESS_RETRIES, PROCESS_WAITING, PROJECTION, PROJECTION_EVENTS,
    PROJECTION_LAG_DURATION, PROJECTION_LAG_EVENTS, PROJECTION_RETRIES, PROJECTION_STOPPED,
    PROJECTION_VERSION, REASON, Retry, Setback,
};
use crate::store::{AppendError, Committed};

/// An append of an aggregate was answered.
pub(crate) fn appended(
    aggregate: &'static str,
    took: Duration,
    answer: &Result<Committed, AppendError>,
) {
    match answer {
        Ok(committed) => {
            let events = committed.streams.iter().map(|part| part.events).sum();
            histogram!(APPEND_DURATION, AGGREGATE => aggregate).record(took);
            counter!(APPEND_EVENTS, AGGREGATE => aggregate).increment(events);
        }
        Err(error) => {
            let kind = match error {
                AppendError::Conflict { .. } => "conflict",
                AppendError::CommitIdReused { .. } => "command_id_reused",
                AppendError::Unknown { .. } => "unknown",
                AppendError::Constraint { .. } => "constraint",
                AppendError::Fold { .. } => "fold",
                AppendError::NotFolded { .. } => "not_folded",
                AppendError::Store(_) => "store",
            };
            histogram!(APPEND_DURATION, AGGREGATE => aggregate, ERROR_TYPE => kind).record(took);
        }
    }
}

/// A command is decided again.
pub(crate) fn retried(aggregate: &'static str, retry: Retry) {
    let reason = match retry {
        Retry::Conflict => "conflict",
        Retry::Unanswered => "unanswered",
    };
    counter!(COMMAND_RETRIES, AGGREGATE => aggregate, REASON => reason).increment(1);
}

/// A projection has written what so many events led to.
pub(crate) fn projected(projection: &'static str, version: u32, events: usize) {
    let events = u64::try_from(events).unwrap_or(u64::MAX);
    let version = version.to_string();
    counter!(PROJECTION_EVENTS, PROJECTION => projection, PROJECTION_VERSION => version)
        .increment(events);
}

/// A projection begins again from its stored checkpoint.
pub(crate) fn set_back(projection: &'static str, version: u32, setback: Setback) {
    let reason = match setback {
        Setback::Event => "event",
        Setback::Fenced => "fenced",
        Setback::Store => "store",
        Setback::Panic => "panic",
    };
    let version = version.to_string();
    counter!(PROJECTION_RETRIES, PROJECTION => projection, PROJECTION_VERSION => version, REASON => reason)
        .increment(1);
}

/// A command of a process manager is to be tried again.
pub(crate) fn put_off(process: &'static str) {
    counter!(PROCESS_RETRIES, PROCESS => process).increment(1);
}

/// Tells exporters what the names mean.
pub(super) fn describe() {
    describe_histogram!(
        APPEND_DURATION,
        Unit::Seconds,
        "An append to the store, from the call to its answer."
    );
    describe_counter!(
        APPEND_EVENTS,
        Unit::Count,
        "Events that appends have written."
    );
    describe_counter!(
        COMMAND_RETRIES,
        Unit::Count,
        "Commands that were decided again."
    );
    describe_counter!(
        PROJECTION_RETRIES,
        Unit::Count,
        "How often a projection began again behind something that went wrong."
    );
    describe_counter!(
        PROCESS_RETRIES,
        Unit::Count,
        "How often a command of a process manager could not be tried to the end, and is tried again."
    );
    describe_counter!(
        PROJECTION_EVENTS,
        Unit::Count,
        "Events of the log that a projection has put behind it."
    );
    describe_gauge!(
        PROJECTION_LAG_EVENTS,
        Unit::Count,
        "How many positions the log's end is ahead of a projection's table."
    );
    describe_gauge!(
        PROJECTION_LAG_DURATION,
        Unit::Seconds,
        "How much later the log's last event was recorded than the last one in a projection's table."
    );
    describe_gauge!(
        PROJECTION_STOPPED,
        Unit::Count,
        "1 while a projection has stopped, else 0."
    );
    describe_gauge!(
        PROCESS_WAITING,
        Unit::Count,
        "Commands of a process manager that are yet to be carried out."
    );
    describe_gauge!(
        PROCESS_PARKED,
        Unit::Count,
        "Commands of a process manager that wait for an operator."
    );
}
