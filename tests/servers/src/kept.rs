//! What became of what was acknowledged, counted over the crashes of one test.

use std::collections::{HashMap, HashSet};

use crate::report;

/// An event as tests tell it: its stream, its version there, and a text that no other event has.
pub type Told = (String, u64, String);

/// What crashes have left.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// How often somebody was killed.
    pub kills: u64,
    /// Commits that were acknowledged.
    pub acknowledged: u64,
    /// Of those, the ones that are not in the log, or not where their answers say.
    pub lost: u64,
    /// Events that are in the log more than once.
    pub doubled: u64,
    /// Versions that a stream lacks, or has twice.
    pub gaps: u64,
    /// Events that a reader was shown below one that it had seen, that it was shown twice, or that it was never shown.
    pub inversions: u64,
}

impl Kept {
    /// Holds the log, in its order, against all that was acknowledged. Counts of an earlier look are replaced.
    pub fn look(&mut self, log: &[Told], acknowledged: &HashSet<Told>) {
        let mut versions: HashMap<&str, u64> = HashMap::new();
        let mut texts = HashSet::new();
        let mut found = HashSet::new();
        (self.doubled, self.gaps) = (0, 0);
        for event in log {
            let (stream, version, text) = event;
            let expected = versions.entry(stream).or_default();
            *expected += 1;
            self.gaps += u64::from(version != expected);
            self.doubled += u64::from(!texts.insert(text));
            found.insert(event);
        }
        let lost = acknowledged.iter().filter(|told| !found.contains(told));
        self.lost = lost.count() as u64;
        self.acknowledged = acknowledged.len() as u64;
    }

    /// Holds what a reader saw, whose places in the log are in the order in which it saw them, against the places that the log has.
    pub fn tailed<P: Ord>(&mut self, seen: &[P], log: &[P]) {
        let backward = seen.windows(2).filter(|pair| pair[0] >= pair[1]).count();
        let shown: std::collections::BTreeSet<&P> = seen.iter().collect();
        let missed = log.iter().filter(|place| !shown.contains(place)).count();
        self.inversions += (backward + missed) as u64;
    }

    /// Fails where something is not as it was told.
    ///
    /// # Panics
    ///
    /// Then.
    #[track_caller]
    pub fn assert_whole(&self) {
        let broken = (self.lost, self.doubled, self.gaps, self.inversions);
        assert_eq!(broken, (0, 0, 0, 0), "lost, doubled, gaps, inversions");
    }

    /// Puts this into the report, under what was killed ("PostgreSQL, server").
    pub fn report(&self, killed: &str) {
        report::row(
            "crashes",
            killed,
            &[
                ("kills", self.kills),
                ("acknowledged", self.acknowledged),
                ("lost", self.lost),
                ("doubled", self.doubled),
                ("gaps", self.gaps),
                ("inversions", self.inversions),
            ],
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(stream: &str, version: u64, text: &str) -> Told {
        (stream.to_owned(), version, text.to_owned())
    }

    #[test]
    fn what_is_missing_twice_and_out_of_order_is_counted() {
        let mut kept = Kept::default();
        let log = [
            told("a", 1, "1"),
            told("b", 1, "2"),
            told("a", 3, "3"),
            told("b", 2, "2"),
        ];
        let acknowledged = HashSet::from([told("a", 1, "1"), told("a", 2, "x")]);
        kept.look(&log, &acknowledged);
        assert_eq!((kept.acknowledged, kept.lost), (2, 1));
        assert_eq!((kept.doubled, kept.gaps), (1, 1));
        kept.tailed(&[1, 2, 4, 3], &[1, 2, 3, 4]);
        assert_eq!(kept.inversions, 1, "one backward");
        kept.tailed(&[1, 3], &[1, 2, 3]);
        assert_eq!(kept.inversions, 2, "one missed");
    }
}
