//! Instances of a process manager that wait: the next command of theirs could not be tried to the end.
//!
//! The outbox has its commands in the order in which they are due, and an instance's have to keep it. So an instance that waits has all of its
//! commands passed by, and those of others behind them are carried out meanwhile. What waits is remembered here alone: whoever takes over tries
//! each once more.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use super::ProjectionError;
use super::recover::FAILURES_TOLERATED;
use crate::backoff::Backoff;
use crate::store::{OutboxEntry, Value};

/// At most so many commands are carried out at a time.
const TAKEN_AT_ONCE: usize = 64;

/// At most so many commands are passed by to see what is behind them: all of them are read.
const MOST_PASSED_BY: usize = 4_096;

/// What a newer program has sent is looked at so often: it may have been left to this one again.
const LEFT_ALONE_FOR: Duration = Duration::from_secs(1);

/// The instances that wait.
#[derive(Default)]
pub(super) struct PutOff {
    waits: HashMap<Value, Wait>,
    /// How many commands were passed by the last time.
    passed_by: usize,
}

struct Wait {
    since: Instant,
    until: Instant,
    retries: Backoff,
    /// Why; `None` where nothing is wrong, and the command is a newer program's.
    error: Option<ProjectionError>,
}

impl Wait {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            since: now,
            until: now,
            retries: Backoff::new(Duration::from_millis(50), Duration::from_secs(10)),
            error: None,
        }
    }

    /// Whether it has failed too often for a hiccup.
    fn is_stuck(&self) -> bool {
        self.error.is_some() && self.retries.attempts() > FAILURES_TOLERATED
    }
}

impl PutOff {
    /// How many commands have to be read, so that a whole batch is behind those that are passed by.
    pub(super) fn to_be_read(&self) -> usize {
        TAKEN_AT_ONCE.saturating_add(self.passed_by)
    }

    /// Of commands that are due, those that are carried out next. `all`: no other is due.
    pub(super) fn choose(&mut self, due: Vec<OutboxEntry>, all: bool) -> Vec<OutboxEntry> {
        if all {
            // Of what was called off, or carried out by another version's program, nothing is left to wait for.
            let instances: HashSet<&Value> = due.iter().map(|entry| &entry.instance).collect();
            self.waits
                .retain(|instance, _| instances.contains(instance));
        }
        let now = Instant::now();
        let found = due.len();
        let mut chosen = due;
        chosen.retain(|entry| {
            let wait = self.waits.get(&entry.instance);
            wait.is_none_or(|wait| wait.until <= now)
        });
        self.passed_by = found.saturating_sub(chosen.len()).min(MOST_PASSED_BY);
        chosen.truncate(TAKEN_AT_ONCE);
        chosen
    }

    /// Whether more can be passed by than was.
    pub(super) fn may_pass_by_more(&self) -> bool {
        self.passed_by < MOST_PASSED_BY
    }

    /// Has an instance wait, longer from time to time.
    pub(super) fn put(&mut self, instance: Value, error: ProjectionError) {
        let wait = self.waits.entry(instance).or_insert_with(Wait::new);
        wait.until = Instant::now() + wait.retries.next();
        wait.error = Some(error);
    }

    /// Has an instance wait for a newer program.
    pub(super) fn leave_alone(&mut self, instance: Value) {
        let wait = self.waits.entry(instance).or_insert_with(Wait::new);
        wait.until = Instant::now() + LEFT_ALONE_FOR;
        wait.error = None;
    }

    /// A command of this instance was tried to the end.
    pub(super) fn forget(&mut self, instance: &Value) {
        self.waits.remove(instance);
    }

    /// After how long the first that waits is tried again.
    pub(super) fn next(&self) -> Option<Duration> {
        let first = self.waits.values().map(|wait| wait.until).min()?;
        Some(first.saturating_duration_since(Instant::now()))
    }

    /// Of what has failed too often for a hiccup, the first, and after how long it is tried again.
    pub(super) fn stuck(&self) -> Option<(ProjectionError, Duration)> {
        let stuck = self.waits.values().filter(|wait| wait.is_stuck());
        let wait = stuck.min_by_key(|wait| wait.since)?;
        let pause = wait.until.saturating_duration_since(Instant::now());
        Some((wait.error.clone()?, pause))
    }
}
