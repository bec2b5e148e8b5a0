//! Who feeds a read model.

use std::time::Duration;

/// The answer to a runner that wants to feed a read model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lease {
    /// It may, under this term. A term begins when another runner takes over, and whatever is written under an older one is refused.
    Held {
        /// The term's number, from 1; it only grows.
        term: u64,
    },
    /// Another runner does.
    Taken {
        /// Its lease ends after so long, unless it is renewed.
        ends_in: Duration,
    },
}
