//! Who feeds a table, or empties an outbox.

use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::store::Lease;

/// A hundred years: no lease lasts longer, so that its end is a time that the machine knows.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// The lease of one table, or of one outbox.
#[derive(Default)]
pub(super) struct Tenure {
    /// The last term that has begun; 0 before the first.
    pub(super) term: u64,
    /// Who has it, and until when.
    holder: Option<(Uuid, Instant)>,
}

impl Tenure {
    pub(super) fn ask(&mut self, holder: Uuid, time: Duration) -> Lease {
        let now = Instant::now();
        match self.holder {
            Some((other, ends)) if other != holder && ends > now => Lease::Taken {
                ends_in: ends.saturating_duration_since(now),
            },
            before => {
                let same = before.is_some_and(|(other, _)| other == holder);
                if !same {
                    self.term = self.term.saturating_add(1);
                }
                self.holder = now
                    .checked_add(time.min(LONGEST))
                    .map(|ends| (holder, ends));
                Lease::Held { term: self.term }
            }
        }
    }

    pub(super) fn renew(&mut self, holder: Uuid, time: Duration) {
        let now = Instant::now();
        if let Some((held_by, ends)) = &mut self.holder
            && *held_by == holder
            && *ends > now
        {
            *ends = now.checked_add(time.min(LONGEST)).unwrap_or(*ends);
        }
    }

    pub(super) fn release(&mut self, holder: Uuid) {
        if self.holder.is_some_and(|(held_by, _)| held_by == holder) {
            self.holder = None;
        }
    }

    /// Begins a term of this holder's.
    pub(super) fn take_over(&mut self, holder: Uuid, time: Duration) {
        self.holder = None;
        self.ask(holder, time);
    }

    /// Begins a term that nobody has, so that whoever fed the table until now is refused.
    pub(super) fn depose(&mut self) {
        self.term = self.term.saturating_add(1);
        self.holder = None;
    }
}
