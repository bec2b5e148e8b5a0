//! How long to wait for those who are about to append, before the next group is written.
//!
//! Tasks that append, are answered and append again fall into two halves that take turns: while one half is written, the other one gathers, and
//! each commit waits for two flushes to the disk. Whoever waits for a moment after an answer has all of them in one group, and each waits for one. That
//! is PostgreSQL's own `commit_delay`, and half of a flush is what its manual advises
//! (<https://www.postgresql.org/docs/current/wal-configuration.html>).

use std::time::Duration;

/// The longest that a commit is held back.
const LONGEST: Duration = Duration::from_millis(5);

/// After how many groups at most it is tried again where nobody came.
const RAREST: u32 = 64;

/// Whether waiting has paid lately.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// How many groups to let pass before the next try.
    pass: u32,
    /// How many it will be if the next try fails too.
    after_failure: u32,
}

impl Pace {
    /// How long to wait for `wanted` commits, after a group that took so long; `None`: not at all.
    pub(super) fn pause(&mut self, wanted: usize, took: Duration) -> Option<Duration> {
        // One task that appends has nobody to share with.
        if wanted < 2 {
            return None;
        }
        if self.pass > 0 {
            self.pass -= 1;
            return None;
        }
        Some((took / 2).min(LONGEST))
    }

    /// Takes to heart whether they came.
    pub(super) fn learn(&mut self, came: bool) {
        if came {
            *self = Self::default();
        } else {
            self.after_failure = (self.after_failure * 2).clamp(1, RAREST);
            self.pass = self.after_failure;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_task_is_never_held_back() {
        let mut pace = Pace::default();
        assert_eq!(pace.pause(1, Duration::from_millis(2)), None);
    }

    #[test]
    fn a_group_is_held_back_for_half_of_what_the_last_one_took() {
        let mut pace = Pace::default();
        let half = Some(Duration::from_millis(1));
        assert_eq!(pace.pause(8, Duration::from_millis(2)), half);
        pace.learn(true);
        assert_eq!(pace.pause(8, Duration::from_millis(2)), half);
        assert_eq!(pace.pause(8, Duration::from_secs(2)), Some(LONGEST));
    }

    #[test]
    fn where_nobody_comes_it_is_tried_more_and_more_seldom() {
        let mut pace = Pace::default();
        let mut tries = 0;
        for _ in 0..1_000 {
            if pace.pause(8, Duration::from_millis(2)).is_some() {
                tries += 1;
                pace.learn(false);
            }
        }
        assert!((7..25).contains(&tries), "{tries}");
        // And once they come, each time again.
        pace.learn(true);
        assert!(pace.pause(8, Duration::from_millis(2)).is_some());
    }
}
