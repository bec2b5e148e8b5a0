//! Growing pauses between attempts.

use std::time::Duration;

use uuid::Uuid;

/// Pauses that double from attempt to attempt up to a limit, each chosen at random between nothing and the full length, so that those who
/// met once do not meet again ("full jitter": M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    attempts: u32,
}

impl Backoff {
    pub(crate) const fn new(first: Duration, longest: Duration) -> Self {
        Self {
            first,
            longest,
            attempts: 0,
        }
    }

    /// How many pauses there were since the beginning or the last [`reset`](Self::reset).
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts
    }

    pub(crate) fn reset(&mut self) {
        self.attempts = 0;
    }

    /// The next pause.
    pub(crate) fn next(&mut self) -> Duration {
        let doubled = 1_u32.checked_shl(self.attempts).unwrap_or(u32::MAX);
        self.attempts = self.attempts.saturating_add(1);
        let full = self.first.saturating_mul(doubled).min(self.longest);
        // The lower half of a UUID v7 is random.
        let random = Uuid::now_v7().as_u64_pair().1 % 1024;
        full.mul_f64(u32::try_from(random).map_or(0.5, f64::from) / 1024.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_the_limit_and_begin_again() {
        let (first, longest) = (Duration::from_millis(1), Duration::from_millis(64));
        let mut backoff = Backoff::new(first, longest);
        for attempt in 0..100_u32 {
            assert_eq!(backoff.attempts(), attempt);
            let full = first.saturating_mul(1 << attempt.min(6));
            assert!(backoff.next() <= full.min(longest));
        }
        backoff.reset();
        assert!(backoff.next() <= first);
    }
}
